"""What the gate says beside its answer: what to type next, what the evidence was, and where its reports go."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import pytest
from junitparser import Error

from spikekit.cli import cli, main
from spikekit.vocabulary import Verdict
from tests.gate.conftest import Ask, Told, flat
from tests.gate.projects import SITE, campaign, exported, measured, site
from tests.sample_runs import good_run


def typed(told: Told, name: str) -> list[str]:
    """The words of the command that mends the criterion ``name``: whole on a line of the terminal, and in Markdown."""
    (command,) = (c["command"] for one in told.document["campaigns"] for c in one["criteria"] if c["name"] == name)
    assert f"    {command}" in told.out.splitlines()
    assert f"`{command}`" in told.markdown
    assert any(command in str(r.message) for suite in told.junit for case in suite for r in case.result)
    first, command_name, *words = shlex.split(command)
    assert first == "spikekit"
    parsed = cli.get_command(click.Context(cli), command_name)
    assert parsed is not None
    parsed.make_context(command_name, list(words))
    return [command_name, *words]


OWN = ["capacity", "--target", "staging", "--journey", "look", "--path", "/books"]


@pytest.mark.parametrize(
    ("documents", "criterion"),
    [((), "evidence"), ((measured(days_ago=8, label="b2"),), "freshness"), ((measured(label="a1"),), "label")],
)
def test_what_lacks_is_measured_by_a_command_with_the_campaigns_own_journey_and_page(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, documents: tuple[dict[str, Any], ...], criterion: str
) -> None:
    file, evidence = campaign(tmp_path), tmp_path / "evidence"
    place = site(tmp_path)
    evidence.mkdir()
    exported(evidence / "evidence.json", *documents)
    words = (file, "--evidence", evidence, "--label", "b2")
    assert typed(ask(*words), criterion) == [*OWN, "--label", "b2", "--site", str(place)]
    monkeypatch.chdir(tmp_path)
    assert typed(ask(*words), criterion) == [*OWN, "--label", "b2"]


def test_where_only_a_bound_is_known_the_search_that_would_tell_more_is_named(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site(tmp_path)
    monkeypatch.chdir(tmp_path)
    ends = {"requests_per_second": [20, None], "visitors_per_second": [20, None]}
    bound = exported(tmp_path / "evidence.json", measured(20, lower_bound=True, interval=ends))
    told = ask(campaign(tmp_path, audience="900M"), "--evidence", bound)
    assert (told.code, told.outcome("survival"), typed(told, "survival")) == (4, [Error], OWN)


def test_the_rehearsal_that_lacks_is_of_the_version_and_on_the_target_that_are_asked_for(
    ask: Ask, tmp_path: Path
) -> None:
    two = SITE.replace("journeys:", "  spare: {url: http://127.0.0.1:8, consent: private}\njourneys:")
    place = site(tmp_path, two.replace("clearance: {survival: 95%}\n  spare", "  spare"))
    (tmp_path / "elsewhere").mkdir()
    file = campaign(tmp_path / "elsewhere")
    rehearse = ["rehearse", str(file), "--target"]
    assert typed(ask(file), "rehearsal") == [*rehearse, "staging"]
    of_version = ask(file, "--target", "spare", "--label", "b 2")
    assert typed(of_version, "rehearsal") == [*rehearse, "spare", "--label", "b 2"]
    kept = typed(ask(file, "--site", place, "--state", tmp_path / "kept"), "rehearsal")
    assert kept == [*rehearse, "staging", "--state", str(tmp_path / "kept")]


BOUND = {"lower_bound": True, "interval": {"requests_per_second": [900, None], "visitors_per_second": [900, None]}}


@pytest.mark.parametrize(
    ("found", "known"),
    [({}, "Capacity of staging was measured"), (BOUND, "A lower bound of staging's capacity was shown")],
)
def test_what_an_inconclusive_search_found_counts_and_every_output_says_what_it_was(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: dict[str, Any], known: str
) -> None:
    site(tmp_path, SITE.replace("clearance: {survival: 95%}\n", ""))
    before = (datetime.now(UTC) - timedelta(days=2)).isoformat(timespec="seconds")
    rehearsal = replace(good_run(), campaign="fry", verdict=Verdict.READY, created=before).document()
    monkeypatch.chdir(tmp_path)
    codes = []
    for more in ({"conclusive": True}, {"conclusive": False, "reasons": ["this machine got tired"]}):
        search = measured(900, **{**found, **more})
        told = ask(campaign(tmp_path), "--evidence", exported(tmp_path / "evidence.json", search, rehearsal))
        (one,) = told.document["campaigns"]
        codes.append(told.code)
        written = [n.text for n in ElementTree.parse(tmp_path / "gate.junit").iter("system-out")]
        if more["conclusive"]:
            assert (one["doubts"], "inconclusive" in told.out + told.markdown, written) == ([], False, [])
    assert codes == [0, 0]
    assert (one["reasons"], told.junit.failures, told.junit.errors, told.junit.skipped) == ([], 0, 0, 0)
    (doubt,) = one["doubts"]
    assert doubt.startswith(known)
    assert "by a search that was inconclusive (this machine got tired); measure it again: spikekit capacity" in doubt
    assert doubt in flat(told.out)
    assert written == [doubt]
    assert flat(told.markdown).replace("\\", "").replace("`", "").endswith(doubt)


@pytest.mark.parametrize("option", ["--junit", "--markdown"])
def test_a_report_on_standard_output_is_alone_there(
    tmp_path: Path, evidence: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ["gate", str(campaign(tmp_path)), "--evidence", str(evidence)]
    outs = []
    for file in ("-", "named"):
        with pytest.raises(SystemExit) as left:
            main([*asked, option, file])
        assert left.value.code == 0
        outs.append(capsys.readouterr().out)
    told = outs[0] if option == "--markdown" else _without_times(outs[0])
    kept = (tmp_path / "named").read_text()
    assert told == (kept if option == "--markdown" else _without_times(kept))
    assert "The gate is open" in outs[1]
    assert not (tmp_path / "-").exists()


def _without_times(junit: str) -> str:
    return re.sub(r'timestamp="[^"]*"', "", junit)


@pytest.mark.parametrize("more", [("--markdown", "-"), ("--json",)])
def test_two_that_want_standard_output_are_refused(
    tmp_path: Path, evidence: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["gate", str(campaign(tmp_path)), "--evidence", str(evidence), "--junit", "-", *more])
    assert left.value.code == 2
    said = "".join(capsys.readouterr())
    assert "both want standard output" in said
    assert "<testsuite" not in said


@pytest.mark.parametrize("option", ["--junit", "--markdown"])
def test_a_report_that_cannot_be_written_names_its_own_option(
    tmp_path: Path, evidence: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["gate", str(campaign(tmp_path)), "--evidence", str(evidence), option, str(tmp_path / "none" / "report")])
    assert left.value.code == 2
    err = flat(capsys.readouterr().err)
    assert f"choose another place with {option} FILE" in err
    assert "--state" not in err
