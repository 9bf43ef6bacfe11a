"""``spikekit gate`` as it is typed: every standing and every finding has its exit code and its reports."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from spikekit.cli import cli, main
from spikekit.vocabulary import Verdict
from tests.gate.projects import SITE, campaign, exported, measured, site
from tests.sample_runs import good_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the command said, and the reports it wrote."""

    code: int
    out: str
    err: str
    markdown: str
    junit: JUnitXml
    document: dict[str, Any]

    def outcome(self, name: str) -> list[type]:
        """What JUnit says of the testcase ``name``."""
        cases = [case for suite in self.junit for case in suite if case.name == name]
        assert len(cases) == 1
        return [type(r) for r in cases[0].result]


Ask = Callable[..., Told]


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """``ask(*words)`` runs the gate twice, in words and as a document, which agree."""

    def asked(*words: str | Path) -> Told:
        junit, markdown = tmp_path / "gate.junit", tmp_path / "gate.md"
        outputs = []
        for more in ((), ("--json",)):
            arguments = [*map(str, words), "--junit", str(junit), "--markdown", str(markdown), *more]
            with pytest.raises(SystemExit) as left:
                main(["gate", *arguments])
            outputs.append((int(left.value.code or 0), *capsys.readouterr()))
        (code, out, err), (again, document, _) = outputs
        assert code == again
        return Told(
            code=code,
            out=out,
            err=err,
            markdown=markdown.read_text(),
            junit=JUnitXml.fromfile(str(junit)),
            document=json.loads(document),
        )

    return asked


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """A site that was measured yesterday, of version a1."""
    site(tmp_path)
    return exported(tmp_path / "evidence.json", measured(label="a1"))


def flat(text: str) -> str:
    return " ".join(text.split())


def test_a_ready_campaign_passes_without_history_or_secrets(ask: Ask, tmp_path: Path, evidence: Path) -> None:
    told = ask(campaign(tmp_path), "--evidence", evidence, "--label", "a1")
    assert (told.code, told.err) == (0, "")
    assert told.document["schema"] == "spikekit.gate/1"
    assert told.document["passed"] is True
    (one,) = told.document["campaigns"]
    assert (one["status"], one["waived"], one["reasons"], one["cleared"]) == ("ready", False, [], True)
    assert one["survival_probability"] >= 0.95
    assert (told.junit.tests, told.junit.failures, told.junit.errors, told.junit.skipped) == (6, 0, 0, 0)
    assert {case.classname for suite in told.junit for case in suite} == {"campaign.fry"}
    assert told.out.splitlines()[-1] == "✔ The gate is open: the one campaign within 14 days is ready."
    assert not (tmp_path / ".spikekit").exists()


def test_a_campaign_too_large_fails(ask: Ask, tmp_path: Path, evidence: Path) -> None:
    told = ask(campaign(tmp_path, audience="900M"), "--evidence", evidence)
    assert told.code == 3
    (one,) = told.document["campaigns"]
    assert one["status"] == "not_ready"
    assert told.outcome("survival") == [Failure]
    assert told.out.startswith("✘ not ready")
    assert told.out.splitlines()[-1] == "✘ The gate is closed: the one campaign within 14 days is not ready."


def test_a_campaign_at_risk_fails_too(ask: Ask, tmp_path: Path, evidence: Path) -> None:
    file = campaign(tmp_path, audience="15M")
    survival = ask(file, "--evidence", evidence).document["campaigns"][0]["survival_probability"]
    assert 0.01 < survival < 0.99
    goal = min(0.99, 1 - (1 - survival) / 3)
    told = ask(file, "--evidence", evidence, "--min-survival", f"{goal:.4f}")
    assert told.code == 3
    assert told.document["campaigns"][0]["status"] == "at_risk"
    lax = ask(file, "--evidence", evidence, "--min-survival", f"{survival - 0.005:.4f}")
    assert lax.outcome("survival") == []


def test_stale_evidence_is_not_known_rather_than_failed(ask: Ask, tmp_path: Path) -> None:
    site(tmp_path)
    old = exported(tmp_path / "old.json", measured(days_ago=8))
    told = ask(campaign(tmp_path), "--evidence", old)
    assert told.code == 4
    (one,) = told.document["campaigns"]
    assert (one["status"], told.outcome("freshness")) == ("stale", [Error])
    assert "measured 9 days ago, and 7 days is the most" in one["reasons"][0]
    assert ask(campaign(tmp_path), "--evidence", old, "--max-age", "10d").code == 0


def test_evidence_dated_ahead_is_of_unknown_age_and_yields_to_what_was_measured(ask: Ask, tmp_path: Path) -> None:
    site(tmp_path)
    ahead = measured(900, id="ahead", days_ago=-400)
    file = exported(tmp_path / "evidence.json", ahead)
    told = ask(campaign(tmp_path), "--evidence", file)
    assert (told.code, told.outcome("freshness")) == (4, [Error])
    assert "if its clock is right: not yet" in flat(told.out)
    exported(file, ahead, measured(20, id="real"))
    told = ask(campaign(tmp_path), "--evidence", file)
    assert told.code == 0
    assert [e["id"] for e in told.document["campaigns"][0]["evidence"]] == ["real"]


def test_the_youngest_evidence_of_the_version_counts_before_all_other(ask: Ask, tmp_path: Path, evidence: Path) -> None:
    documents = (measured(900, id="other", label="b2"), measured(20, id="own", label="a1", days_ago=2))
    exported(evidence, *documents)
    told = ask(campaign(tmp_path), "--evidence", evidence, "--label", "a1")
    assert told.code == 0
    assert [e["id"] for e in told.document["campaigns"][0]["evidence"]] == ["own"]


def test_evidence_of_another_version_does_not_count(ask: Ask, tmp_path: Path, evidence: Path) -> None:
    told = ask(campaign(tmp_path), "--evidence", evidence, "--label", "b2")
    assert (told.code, told.document["campaigns"][0]["status"]) == (4, "stale")
    assert told.outcome("label") == [Error]
    assert "of another version (a1), not of b2" in flat(told.out)


def test_without_evidence_nothing_is_known(ask: Ask, tmp_path: Path) -> None:
    site(tmp_path)
    (tmp_path / "artifacts").mkdir()
    for where in ((), ("--evidence", tmp_path / "artifacts")):
        told = ask(campaign(tmp_path), *where)
        assert (told.code, told.document["campaigns"][0]["status"]) == (4, "untested")
        assert (told.outcome("evidence"), told.outcome("rehearsal")) == ([Error], [Error])
        assert told.document["campaigns"][0]["survival_probability"] is None


def test_evidence_of_a_target_the_site_does_not_name_is_none(ask: Ask, tmp_path: Path, evidence: Path) -> None:
    exported(evidence, measured(target="elsewhere"), measured(days_ago=30))
    told = ask(campaign(tmp_path), "--evidence", evidence)
    assert (told.code, told.document["campaigns"][0]["status"]) == (4, "stale")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "evidence.json:1:2"),
        ("[1, 2]", "expected a JSON object"),
        ('{"schema": "spikekit.run/1"}', "not a whole"),
        ('{"schema": "spikekit.gate/1"}', "expected spikekit.capacity/1"),
        (
            '{"schema": "spikekit.evidence/1", "documents": [{"schema": "spikekit.capacity/1", "capacity": {}}]}',
            "whole",
        ),
    ],
)
def test_unreadable_evidence_is_told_with_its_place(
    tmp_path: Path, evidence: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    evidence.write_text(text)
    junit = tmp_path / "gate.junit"
    with pytest.raises(SystemExit) as left:
        main(["gate", str(campaign(tmp_path)), "--evidence", str(evidence), "--junit", str(junit)])
    assert (left.value.code, JUnitXml.fromfile(str(junit)).errors) == (2, 1)
    err = capsys.readouterr().err
    assert said in err
    assert str(evidence) in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("status", "days", "standing"),
    [("draft", 3, "draft"), ("cancelled", 3, "cancelled"), ("confirmed", -30, "past"), ("confirmed", 40, "later")],
)
def test_what_is_not_due_is_told_and_not_judged(
    ask: Ask, tmp_path: Path, status: str, days: float, standing: str
) -> None:
    site(tmp_path)
    told = ask(campaign(tmp_path, audience="900M", status=status, days=days))
    (one,) = told.document["campaigns"]
    assert (told.code, one["standing"], one["status"]) == (0, standing, None)
    assert told.outcome("due") == [Skipped]
    assert "no confirmed campaign launches within 14 days" in told.out


def test_a_campaign_that_has_just_begun_still_counts(ask: Ask, tmp_path: Path) -> None:
    site(tmp_path)
    assert ask(campaign(tmp_path, days=-0.2)).code == 4
    later = campaign(tmp_path, days=-9, more="  - {kind: email, audience: 1k, at: 10d}\n")
    assert ask(later).code == 4


def test_a_waiver_opens_the_gate_and_is_recorded_everywhere(ask: Ask, tmp_path: Path, evidence: Path) -> None:
    until = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    waiver = ("--waive", "fry", "--reason", "the queue page is on", "--until", until)
    told = ask(campaign(tmp_path, audience="900M"), "--evidence", evidence, *waiver)
    assert told.code == 0
    (one,) = told.document["campaigns"]
    assert (one["waived"], one["passed"], one["status"]) == (True, True, "not_ready")
    assert one["waiver"] == {"reason": "the queue page is on", "until": until, "in_effect": True}
    assert one["reasons"]
    sentence = f"Waived until {until}: the queue page is on"
    assert sentence in told.out
    assert sentence in told.markdown
    assert told.outcome("survival") == [Skipped]
    assert any(sentence in str(r.message) for suite in told.junit for case in suite for r in case.result)
    assert told.out.startswith("▲ waived")


@pytest.mark.parametrize("zone", ["Europe/London", "America/Argentina/ComodRivadavia"])
def test_a_campaigns_line_fits_80_columns_and_keeps_its_launch(
    ask: Ask, tmp_path: Path, evidence: Path, zone: str
) -> None:
    file = campaign(tmp_path, audience="1k")
    file.write_text(file.read_text().replace("The fry post", "Fry " * 15).replace("UTC", zone))
    line = ask(file, "--evidence", evidence).out.splitlines()[0]
    assert len(line) <= 80
    assert line.endswith(zone)


@pytest.mark.parametrize(
    ("campaigns", "waived", "said"),
    [
        (1, 1, "open: the one campaign within 14 days is waived."),
        (2, -1, "closed: both campaigns within 14 days are not ready."),
        (2, 0, "open: both campaigns within 14 days are ready."),
        (2, 1, "open: of 2 campaigns within 14 days 1 is ready and 1 is waived."),
        (3, 3, "open: all 3 campaigns within 14 days are waived."),
    ],
)
def test_the_sentence_counts_as_people_do(
    ask: Ask, tmp_path: Path, evidence: Path, campaigns: int, waived: int, said: str
) -> None:
    until = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    words: list[str | Path] = []
    for n in range(campaigns):
        campaign(tmp_path, f"c{n}", audience="900M" if n < waived or waived < 0 else "50", days=3 * n + 1)
        if n < waived:
            words += ["--waive", f"c{n}", "--reason", "x", "--until", until]
    assert flat(ask(tmp_path, "--evidence", evidence, *words).out).endswith(f"The gate is {said}")


def test_a_waiver_that_has_ended_does_not_count(ask: Ask, tmp_path: Path, evidence: Path) -> None:
    until = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    waiver = ("--waive", "fry", "--reason", "the queue page is on", "--until", until)
    told = ask(campaign(tmp_path, audience="900M"), "--evidence", evidence, *waiver)
    assert told.code == 3
    assert told.document["campaigns"][0]["waiver"]["in_effect"] is False
    assert f"Its waiver ended on {until} and does not count" in told.markdown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--waive", "fry"), "each --waive needs"),
        (("--waive", "fry", "--reason", "x", "--until", "soon"), "expected a day"),
        (("--waive", "fri", "--reason", "x", "--until", "2030-01-01"), "did you mean fry?"),
        (("--waive", "fry", "--reason", " ", "--until", "2030-01-01"), "cannot be empty"),
        (("--target", "stagin"), "did you mean staging?"),
        (("--evidence", "nowhere.json"), "nowhere.json"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    tmp_path: Path, evidence: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["gate", str(campaign(tmp_path)), *words])
    assert left.value.code == 2
    assert said in capsys.readouterr().err


def test_of_several_campaigns_what_failed_comes_before_what_is_unknown(
    ask: Ask, tmp_path: Path, evidence: Path
) -> None:
    campaign(tmp_path, "large", audience="900M", days=3)
    unknown = campaign(tmp_path, "unknown", days=11)
    unknown.write_text(unknown.read_text().replace("look", "landing"))
    site(tmp_path, SITE.replace("clearance: {survival: 95%}\n", ""))
    campaign(tmp_path, "draft", status="draft")
    told = ask(tmp_path, "--evidence", evidence)
    assert told.code == 3
    assert [(c["campaign"], c["status"]) for c in told.document["campaigns"]] == [
        ("large", "not_ready"),
        ("draft", None),
        ("unknown", "untested"),
    ]
    said = "✘ The gate is closed: of 2 campaigns within 14 days 1 is not ready and 1 is untested."
    assert flat(told.out).endswith(said)
    assert max(map(len, told.out.replace(str(tmp_path), "").splitlines())) <= 80


def test_other_campaigns_of_the_same_hours_are_counted_in(ask: Ask, tmp_path: Path, evidence: Path) -> None:
    own = campaign(tmp_path)
    alone = ask(own, "--evidence", evidence)
    campaign(tmp_path, "large", audience="900M")
    both = ask(own, "--evidence", evidence)
    assert (alone.code, both.code) == (0, 3)
    assert both.document["campaigns"][0]["other_campaigns"] == ["large"]


def test_a_neighbour_that_cannot_be_read_leaves_its_hours_unknown(ask: Ask, tmp_path: Path, evidence: Path) -> None:
    own = campaign(tmp_path)
    (tmp_path / "broken.yaml").write_text("version: 1\nlaunch: soon\nchannels: []\n")
    told = ask(own, "--evidence", evidence)
    assert (told.code, told.outcome("together")) == (4, [Error])
    assert "broken.yaml has problems" in told.document["campaigns"][0]["reasons"][0]


def test_without_a_clearance_a_campaign_needs_its_rehearsal(ask: Ask, tmp_path: Path, evidence: Path) -> None:
    site(tmp_path, SITE.replace("clearance: {survival: 95%}\n", ""))
    told = ask(campaign(tmp_path), "--evidence", evidence)
    assert (told.code, told.outcome("survival"), told.outcome("rehearsal")) == (4, [], [Error])
    assert "It has not been rehearsed; rehearse it: spikekit rehearse" in flat(told.out)


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
