"""Reports of a gate hold whatever people call their campaigns, and stay within what their readers take."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from spikekit.errors import Problem
from spikekit.gate.criterion import Criterion, Outcome, Subject
from spikekit.gate.gate import Gate
from spikekit.gate.judged import Judged
from spikekit.gate.rule import Rule, Waiver
from spikekit.gate.standing import Standing, standing
from spikekit.report.gate.annotations import MOST, command_lines, gate_annotations, problem_annotations
from spikekit.report.gate.junit import gate_junit, problems_junit
from spikekit.report.gate.markdown import SUMMARY_BYTES, gate_markdown, within_summary
from spikekit.report.gate.terminal import gate_lines
from spikekit.vocabulary import ExitCode
from tests.forecast.campaigns import LAUNCH, campaign, channel

NOW = LAUNCH - timedelta(days=2)
TEXT = st.text(max_size=60)
OUTCOMES = st.lists(st.sampled_from(Outcome), min_size=1, max_size=6)


def judged(
    outcomes: list[Outcome],
    *,
    name: str = "A test",
    sentence: str = "So it is.",
    command: str | None = None,
    **more: object,
) -> Judged:
    asked = campaign(channel("email", 1000.0))
    found = zip(Subject, outcomes, strict=False)
    known: dict[str, object] = {
        "campaign": replace(asked, name=name),
        "file": Path("fry.yaml"),
        "line": 6,
        "standing": Standing.DUE,
        "criteria": tuple(Criterion(subject=s, outcome=o, words=sentence, command=command) for s, o in found),
        **more,
    }
    return Judged(**known)  # type: ignore[arg-type]


def gate(*campaigns: Judged) -> Gate:
    return Gate(campaigns=campaigns, rule=Rule(), now=NOW)


@given(campaigns=st.lists(st.tuples(OUTCOMES, st.booleans()), max_size=4))
def test_what_failed_comes_before_what_is_unknown_and_no_data_is_never_a_pass(
    campaigns: list[tuple[list[Outcome], bool]],
) -> None:
    waiver = Waiver(campaign="test", reason="why", until=NOW.date())
    found = gate(*(judged(o, waiver=waiver if w else None, is_waiver_in_effect=w) for o, w in campaigns))
    counted = {outcome for outcomes, waived in campaigns if not waived for outcome in outcomes}
    if Outcome.FAILED in counted:
        assert found.exit_code is ExitCode.NOT_READY
    else:
        assert found.exit_code is (ExitCode.INCONCLUSIVE if Outcome.UNKNOWN in counted else ExitCode.DONE)
    assert found.passed == (found.exit_code is ExitCode.DONE)
    assert ("open" in found.sentence) == found.passed


@given(name=TEXT, sentence=TEXT, command=st.none() | TEXT.map(lambda t: t.replace("@", "") or "x"), outcomes=OUTCOMES)
def test_hostile_names_break_no_report(name: str, sentence: str, command: str | None, outcomes: list[Outcome]) -> None:
    found = gate(judged(outcomes, name=name or "x", sentence=sentence or "x", command=command))
    suites = ElementTree.fromstring(gate_junit(found))
    assert int(suites.get("tests", "")) == len(outcomes)
    assert (int(suites.get("failures", "")), int(suites.get("errors", ""))) == (
        outcomes.count(Outcome.FAILED),
        outcomes.count(Outcome.UNKNOWN),
    )
    for line in command_lines(gate_annotations(found)):
        assert re.fullmatch(r"::error file=fry\.yaml,line=6,title=[^:,\r\n]*::[^\r\n]*", line)
    table = [line for line in gate_markdown(found).splitlines() if line.startswith("|")]
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 6 for line in table)
    assert len(table) == 3
    assert "@" not in gate_markdown(found)
    words = "\n".join(gate_lines(found, colour=False))
    assert all(c == "\n" or c.isprintable() or not c.isascii() for c in words)


def test_a_command_stands_in_markdown_as_it_is_typed() -> None:
    told = gate_markdown(gate(judged([Outcome.UNKNOWN], command="spikekit rehearse my_file.yaml --label '`x`'")))
    assert "- So it is. ``spikekit rehearse my_file.yaml --label '`x`'``" in told.splitlines()


def test_annotations_are_escaped_as_the_runner_reads_them() -> None:
    found = gate(judged([Outcome.FAILED], name="50%: a, b", sentence="100 %\r\nof: it, all"))
    assert command_lines(gate_annotations(found)) == [
        "::error file=fry.yaml,line=6,title=50%25%3A a%2C b%3A evidence::100 %25%0D%0Aof: it, all"
    ]


def test_no_more_annotations_are_printed_than_are_shown_and_the_last_says_so() -> None:
    problems = [Problem(file="a.yaml", line=n, column=2, path="x", message="wrong") for n in range(1, 31)]
    lines = command_lines(problem_annotations(problems))
    assert len(lines) == MOST
    assert lines[0] == "::error file=a.yaml,line=1,col=2,title=x::wrong"
    assert "20 more are in the job's log" in lines[-1]
    assert ElementTree.fromstring(problems_junit(problems)).get("errors") == "30"


def test_a_doubt_of_what_passed_is_a_warning() -> None:
    doubt = Criterion(subject=Subject.EVIDENCE, outcome=Outcome.PASSED, words="Hardly.", is_doubtful=True)
    (line,) = command_lines(gate_annotations(gate(judged([], criteria=(doubt,)))))
    assert line == "::warning file=fry.yaml,line=6,title=A test%3A evidence::Hardly."


def test_a_waived_campaign_is_a_warning() -> None:
    waiver = Waiver(campaign="test", reason="queue page", until=NOW.date())
    found = gate(judged([Outcome.FAILED], waiver=waiver, is_waiver_in_effect=True))
    (line,) = command_lines(gate_annotations(found))
    assert line.startswith("::warning ")
    assert "queue page" in line


@given(text=st.text(alphabet="aü😀", max_size=300), written=st.integers(SUMMARY_BYTES - 400, SUMMARY_BYTES + 10))
def test_a_summary_never_grows_beyond_what_github_takes(text: str, written: int) -> None:
    kept = within_summary(text, written)
    assert written + len(kept.encode()) <= max(written, SUMMARY_BYTES)
    if written + len(text.encode()) <= SUMMARY_BYTES:
        assert kept == text


def test_a_campaign_is_due_from_its_first_channel_to_a_day_after_its_last() -> None:
    asked = campaign(channel("email", 1.0, at_seconds=-86_400.0), channel("push", 1.0, at_seconds=86_400.0))
    days = {
        LAUNCH - timedelta(days=15, seconds=1): Standing.LATER,
        LAUNCH - timedelta(days=15): Standing.DUE,
        LAUNCH + timedelta(days=2): Standing.DUE,
        LAUNCH + timedelta(days=2, seconds=1): Standing.PAST,
    }
    for now, expected in days.items():
        assert standing(asked, now, timedelta(days=14)) is expected


def test_a_waiver_counts_through_its_last_day_on_the_campaign_s_clocks() -> None:
    waiver = Waiver(campaign="test", reason="x", until=datetime(2026, 12, 4, tzinfo=UTC).date())
    asked = campaign(channel("email", 1.0))
    assert waiver.is_in_effect(asked, datetime(2026, 12, 4, 23, 59, tzinfo=UTC))
    assert not waiver.is_in_effect(asked, datetime(2026, 12, 5, 0, 0, tzinfo=UTC))
