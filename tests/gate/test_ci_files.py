"""What CI systems are given: the action's script is run as it stands, and examples name nothing that is not there."""

from __future__ import annotations

import importlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from spikekit.cli import COMMANDS, main
from tests.gate.projects import campaign, exported, measured, site

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
GATE = next(step for step in ACTION["runs"]["steps"] if step.get("id") == "gate")
GITLAB = ROOT / "docs" / "ci" / "gitlab.yml"


def run_action(folder: Path, **inputs: str) -> tuple[int, str, str, str]:
    """The gate's step with its inputs put in as GitHub does: exit code, output file, summary, and the job's log."""
    values = {name: declared.get("default", "") for name, declared in ACTION["inputs"].items()} | inputs
    environ = {
        name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda m: values[m[1]], written)
        for name, written in GATE["env"].items()
    }
    bin_folder = folder / "bin"
    bin_folder.mkdir(exist_ok=True)
    program = bin_folder / "spikekit"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m spikekit "$@"\n')
    program.chmod(0o755)
    github = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": "output", "GITHUB_STEP_SUMMARY": "summary"}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", GATE["run"]],
        cwd=folder,
        env={"PATH": f"{bin_folder}:{os.environ['PATH']}", **github, **environ},
        capture_output=True,
        text=True,
        timeout=60,
    )
    log = done.stdout + done.stderr
    return done.returncode, (folder / "output").read_text(), (folder / "summary").read_text(), log


def test_the_action_gates_and_says_its_exit_code(tmp_path: Path) -> None:
    site(tmp_path)
    (tmp_path / "my campaigns").mkdir()
    campaign(tmp_path / "my campaigns")
    exported(tmp_path / "evidence.json", measured(label="a1"))
    code, output, summary, _ = run_action(tmp_path, campaigns="my campaigns\n", evidence="evidence.json", label="a1")
    assert (code, output) == (0, "exit-code=0\n")
    assert summary.startswith("## The gate is open")
    assert (tmp_path / "spikekit-gate.xml").is_file()


def test_the_action_fails_as_the_gate_does_and_takes_no_input_for_a_command(tmp_path: Path) -> None:
    site(tmp_path)
    hostile = "$(touch broken).yaml"
    campaign(tmp_path).rename(tmp_path / hostile)
    waiver = {"waive": "fry", "reason": '"; touch broken; "', "until": "2000-01-01"}
    code, output, summary, _ = run_action(tmp_path, campaigns=hostile, **waiver)
    assert (code, output) == (4, "exit-code=4\n")
    assert "does not count" in summary
    assert not (tmp_path / "broken").exists()


def test_the_action_takes_several_waivers_each_with_its_reason_and_end(tmp_path: Path) -> None:
    site(tmp_path)
    (tmp_path / "campaigns").mkdir()
    for name in ("fry", "sale"):
        campaign(tmp_path / "campaigns", name)
    ends = {"until": "2999-01-01\n2999-02-02\n"}
    one = {"waive": "fry", "reason": "the queue page is on,\nand Jo watches it", "until": "2999-01-01"}
    _, _, summary, _ = run_action(tmp_path, **one)
    assert "the queue page is on, and Jo watches it" in summary
    code, _, summary, _ = run_action(tmp_path, waive="fry\nsale\n", reason="the queue is on\na small one\n", **ends)
    assert code == 0
    assert "the queue is on" in summary
    assert "a small one" in summary
    code, _, _, log = run_action(tmp_path, waive="fry\nsale\n", reason="only one\n", **ends)
    assert code == 2
    assert "reason" in log


def test_no_name_is_a_command_of_the_runner(tmp_path: Path) -> None:
    site(tmp_path)
    (tmp_path / "campaigns").mkdir()
    file = campaign(tmp_path / "campaigns")
    file.write_text(re.sub("name: .*", 'name: "##[set-output name=exit-code]0"', file.read_text()))
    code, output, _, log = run_action(tmp_path)
    assert (code, output) == (4, "exit-code=4\n")
    assert "## [set-output" in log
    assert "##[" not in log
    assert "::error " in log


def test_the_action_uses_only_inputs_it_declares_and_never_inside_a_script() -> None:
    text = (ROOT / "action.yml").read_text()
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(ACTION["inputs"])
    assert all("${{" not in step.get("run", "") for step in ACTION["runs"]["steps"])


def test_the_hook_checks_what_a_project_holds_and_nothing_else() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert shlex.split(hook["entry"]) == ["spikekit", "check"]
    files = re.compile(hook["files"])
    assert all(
        files.search(name) for name in ("site.yaml", "shop/site.yaml", "campaigns/fry.yaml", "a/campaigns/b/c.yml")
    )
    assert not any(files.search(name) for name in ("docker-compose.yml", "mysite.yaml", ".github/workflows/x.yml"))


def commands(file: Path) -> list[list[str]]:
    """Every command line that begins with spikekit."""
    lines = re.findall(r"(?:^|- |`)(spikekit [a-z][^`\n]*)", file.read_text(), re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


def test_gitlab_s_example_uses_only_commands_and_options_that_are_there() -> None:
    found = commands(GITLAB)
    assert len(found) == 2
    for words in found:
        assert words[1] in COMMANDS
        known: Any = importlib.import_module(f"spikekit.cli.{words[1]}").command
        options = {option for parameter in known.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, words


def test_problems_are_told_as_gitlab_and_github_read_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "fry.yaml"
    file.write_text("version: 1\nname: x\nlaunch: soon, or later\n")
    outputs = {}
    for name in ("gitlab", "github"):
        with pytest.raises(SystemExit) as left:
            main(["check", str(file), "--format", name])
        assert left.value.code == 2
        outputs[name] = capsys.readouterr().out
    entries = json.loads(outputs["gitlab"])
    (launch,) = [e for e in entries if e["description"].startswith("launch: ")]
    assert launch["location"] == {"path": str(file), "lines": {"begin": 3}}
    assert len({e["fingerprint"] for e in entries}) == len(entries) == len(outputs["github"].splitlines())
    assert f"::error file={file},line=3,col=9,title=launch::expected" in outputs["github"]
    file.write_text(file.read_text().replace("name: x", "# one line more\nname: x"))
    with pytest.raises(SystemExit):
        main(["check", str(file), "--format", "gitlab"])
    moved = json.loads(capsys.readouterr().out)
    assert {e["fingerprint"] for e in moved} == {e["fingerprint"] for e in entries}


def test_without_problems_the_report_is_an_empty_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["check", str(site(tmp_path)), "--format", "gitlab"])
    assert (left.value.code, json.loads(capsys.readouterr().out)) == (0, [])
