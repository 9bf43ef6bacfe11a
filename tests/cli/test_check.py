"""``spikekit check`` as people and scripts run it."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from spikekit.files.digest import digest
from tests.cli.test_forecast import run
from tests.files.contract import CAMPAIGN, write_project
from tests.processor_time import processor_seconds

BARE = "import click\n@click.command()\ndef command():\n    pass\ncommand()\n"


def test_fine_files_get_one_quiet_line_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "check", "site.yaml", "fry-reads.yaml") == (0, "site.yaml: fine\nfry-reads.yaml: fine\n", "")


def test_problems_are_printed_with_their_places_and_the_exit_code_is_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = CAMPAIGN.replace("kind: celebrity_post", "kind: celebrty_post").replace("6.2M   ", "lots   ")
    write_project(tmp_path, campaign=broken)
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "check", "fry-reads.yaml") == (
        2,
        "",
        'fry-reads.yaml:11:11 channels[0].kind: "celebrty_post" is not a kind of channel; '
        "did you mean celebrity_post?\n"
        'fry-reads.yaml:12:15 channels[0].audience: expected a count such as 250k or 6.2M, found "lots"\n'
        "2 problems. Nothing was run.\n",
    )


def test_a_missing_file_is_a_message_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "check", "/nowhere/at-all.yaml") == (
        2,
        "",
        "/nowhere/at-all.yaml: no such file\n1 problem. Nothing was run.\n",
    )


@pytest.mark.parametrize("command", ["rehearse", "readiness"])
def test_a_missing_campaign_is_said_before_the_site_that_is_missing_for_that_reason_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    path = tmp_path / "campaigns" / "nope.yaml"
    assert run(capsys, command, str(path)) == (2, "", f"{path}: no such file\n1 problem. Nothing was run.\n")


def test_marks_for_ci_need_a_line_even_where_none_is_to_blame(capsys: pytest.CaptureFixture[str]) -> None:
    _, github, _ = run(capsys, "check", "--format", "github", "nope.yaml")
    assert github == "::error file=nope.yaml,line=1,title=problem::no such file\n"
    _, gitlab, _ = run(capsys, "check", "--format", "gitlab", "nope.yaml")
    assert json.loads(gitlab)[0]["location"] == {"path": "nope.yaml", "lines": {"begin": 1}}


def test_json_is_one_document_on_standard_output_with_every_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_project(tmp_path, campaign=CAMPAIGN.replace("overlap: 20%", "overlap: much"))
    code, out, err = run(capsys, "check", "--json", str(path), str(tmp_path / "missing.yaml"))
    document = json.loads(out)
    assert (code, err) == (2, "")
    assert document["schema"] == "spikekit.check/1"
    assert {"id", "created", "tool_version", "seed", "label"} <= document.keys()
    assert document["inputs"] == {str(p): digest(p) for p in (path, tmp_path / "site.yaml")}
    assert document["files"] == [
        {"file": str(path), "kind": "campaign", "fine": False},
        {"file": str(tmp_path / "missing.yaml"), "kind": None, "fine": False},
        {"file": str(tmp_path / "site.yaml"), "kind": "site", "fine": True},
    ]
    assert [(p["line"], p["column"], p["path"]) for p in document["problems"]] == [(24, 10, "overlap"), (0, 0, "")]


def test_json_of_fine_files_has_no_problems_and_exit_code_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "check", "--json", str(write_project(tmp_path)))
    assert (code, json.loads(out)["problems"]) == (0, [])


def test_no_file_at_all_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "check")
    assert code == 2
    assert "Missing argument" in err


def test_check_and_help_stay_near_the_start_up_of_a_bare_click_program(tmp_path: Path) -> None:
    campaign, bare = write_project(tmp_path), tmp_path / "bare.py"
    bare.write_text(BARE)
    commands = {
        "bare": (str(bare),),
        "help": ("-m", "spikekit", "--help"),
        "check": ("-m", "spikekit", "check", str(campaign)),
    }
    # Taken in turns, so that whatever else the machine does falls on all three alike.
    rounds = [{name: processor_seconds(*command) for name, command in commands.items()} for _ in range(9)]
    bare_seconds, help_seconds, check_seconds = (statistics.median(r[n] for r in rounds) for n in commands)
    assert check_seconds < 6 * bare_seconds
    assert help_seconds < 2 * bare_seconds


def test_check_imports_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys; from spikekit.cli import cli\n"
        f"cli.main(['check', {str(write_project(tmp_path))!r}], standalone_mode=False)\n"
        "heavy = {'numpy', 'locust', 'gevent', 'httpx', 'rich', 'jinja2', 'asyncio'}\n"
        "sys.exit(','.join(sorted(heavy & set(sys.modules))) or 0)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("command", ["report", "record", "runs", "worker", "dashboards"])
def test_the_help_of_a_command_that_reads_no_files_loads_no_reader_of_them(command: str) -> None:
    program = (
        "import sys; from spikekit.cli import cli\n"
        f"cli.main(['{command}', '--help'], standalone_mode=False)\n"
        "sys.exit(','.join(m for m in sys.modules if m.startswith('spikekit.files') or m == 'yaml') or 0)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)
