"""``spikekit locustfile`` as it is typed; what the file does is shown in ``end_to_end``."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from spikekit.campaign.file import load_campaign
from spikekit.site.file import load_site
from spikekit.trial.locustfile import Packed, unpacked
from spikekit.trial.rehearsal import Rehearsal, asked_rehearsal
from spikekit.vocabulary import DEFAULT_SEED
from tests.cli.test_forecast import run
from tests.known_truth import KnownCampaign

SITE = """\
version: 1
site: bookshop
targets:
  staging:
    url: http://127.0.0.1:8000
    consent: private
    headers: {Authorization: "env:STAGING_TOKEN"}
journeys:
  browse: {steps: [{get: "{landing}"}, {get: "/books/{id}", data: books.csv}]}
  own: {locust: users.py:Own}
"""


def packed(text: str) -> Packed:
    """What a written file holds; it must be a Python file as well."""
    values = [node.value for node in ast.parse(text).body if isinstance(node, ast.Assign)]
    assert len(values) == 1
    return unpacked(ast.literal_eval(values[0]))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "books.csv").write_text("id\n1\nit's\n")
    (tmp_path / "users.py").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_campaign_s_file_holds_the_very_profile_of_its_rehearsal(
    capsys: pytest.CaptureFixture[str], known_campaign: KnownCampaign
) -> None:
    """Every knot of every curve, exactly: the same seed makes the same arrivals of them."""
    words = ("--window", "1m", "--at", "p50")
    code, out, err = run(capsys, "locustfile", str(known_campaign.campaign), *words)
    assert (code, err) == (0, "")
    site = load_site(known_campaign.site)
    campaign = load_campaign(known_campaign.campaign, site)
    rehearsal = Rehearsal(at=0.5, window_seconds=60.0, seed=DEFAULT_SEED)
    expected = asked_rehearsal(rehearsal, campaign, site, command="", inputs={})
    found = packed(out).asked
    assert (found.profile, found.seed, found.target) == (expected.profile, expected.seed, expected.target)
    assert "locust -f FILE --headless" in out


def test_rows_are_in_the_file_secrets_are_not_and_classes_are_found_from_anywhere(
    capsys: pytest.CaptureFixture[str], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGING_TOKEN", "hunter2-hunter2")
    load = ("--rate", "10", "--duration", "5s")
    code, _, _ = run(capsys, "locustfile", *load, "--journey", "browse", "--out", "a.py")
    assert code == 0
    text = (project / "a.py").read_text()
    assert "hunter2" not in text
    browse = packed(text)
    assert list(browse.tables.values()) == ["id\n1\nit's\n"]
    assert [j.name for j in browse.asked.site.journeys] == ["browse"]
    run(capsys, "locustfile", *load, "--journey", "own", "--out", "b.py")
    own = packed((project / "b.py").read_text())
    assert own.asked.site.journeys[0].locust == f"{project}/users.py:Own"


def test_no_name_can_break_out_of_the_file(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    """Quotes and backslashes in a command or a page are text in the file, and nothing else."""
    nasty = "/'''\\x\"\"\"+import_os"
    code, out, _ = run(capsys, "locustfile", "--rate", "10", "--duration", "5s", "--path", nasty)
    assert code == 0
    assert packed(out).asked.profile.streams[0].landing == nasty
    assert len(ast.parse(out).body) == 4


@pytest.mark.usefixtures("project")
def test_json_is_one_document_with_the_file_or_where_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    load = ("--rate", "10", "--duration", "5s", "--json")
    _, out, _ = run(capsys, "locustfile", *load)
    document: dict[str, Any] = json.loads(out)
    assert document["schema"] == "spikekit.locustfile/1"
    assert packed(document["text"]).asked.profile.total == 50
    _, out, _ = run(capsys, "locustfile", *load, "--out", "c.py")
    assert (json.loads(out)["file"], json.loads(out)["text"]) == ("c.py", None)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    "words", [(), ("--rate", "5"), ("fry.yaml", "--rate", "5"), ("fry.yaml", "--rate", "5", "--duration", "5s")]
)
def test_it_wants_a_campaign_or_a_rate(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    code, _, err = run(capsys, "locustfile", *words)
    assert code == 2
    assert "a campaign, or --rate and --duration" in err
