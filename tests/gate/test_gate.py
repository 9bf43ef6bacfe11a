"""``spikekit gate`` as it is typed: every standing and every finding has its exit code and its reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from spikekit.cli import main
from tests.gate.conftest import Ask, flat
from tests.gate.projects import SITE, campaign, exported, measured, site


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
