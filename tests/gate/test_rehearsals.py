"""A campaign's own rehearsals before the gate: which count, and what they say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from spikekit.errors import FileProblems
from spikekit.gate.criterion import Criterion, Outcome, Subject
from spikekit.gate.judge import Case, criteria
from spikekit.gate.papers import Papers, kept_papers, read_papers
from spikekit.gate.rule import Rule
from spikekit.history.folder import create_run_folder
from spikekit.readiness.answer import assess
from spikekit.verdict.run import Run
from spikekit.vocabulary import RunKind, Verdict
from tests.readiness import cases
from tests.sample_runs import good_run

NOW = datetime(2026, 12, 4, 12, 0, tzinfo=UTC)


def rehearsal(*, days_ago: float = 1, **more: Any) -> Run:
    created = (NOW - timedelta(days=days_ago)).isoformat()
    return replace(good_run(), created=created, sentence="What was seen.", **more)


def said(*rehearsals: Run, rule: Rule | None = None, clearance: float | None = None) -> Criterion:
    """What is said of the rehearsals of a campaign that holds by far, measured two days ago."""
    evidence = cases.measured(100 * cases.PEAK, created=NOW - timedelta(days=2))
    answer = assess(cases.question(cases.again(), evidence, site=cases.site(clearance=clearance)), with_advice=False)
    typed = {"search": "spikekit capacity", "rehearsal": "spikekit rehearse fry.yaml"}
    case = Case(answer=answer, rehearsals=rehearsals, left_out=(), now=NOW, **typed)
    return next(c for c in criteria(case, rule or Rule()) if c.subject is Subject.REHEARSAL)


def test_one_that_held_is_enough() -> None:
    told = said(rehearsal())
    assert (told.outcome, told.sentence) == (
        Outcome.PASSED,
        "It held when it was rehearsed on staging on 3 December 2026, 12:00 UTC.",
    )


@pytest.mark.parametrize(
    ("found", "rule", "words"),
    [
        ((), Rule(), "It has not been rehearsed; rehearse it: spikekit rehearse fry.yaml"),
        ((rehearsal(days_ago=8),), Rule(), "It was last rehearsed 8 days ago, and 7 days is the most"),
        ((rehearsal(label="b2"),), Rule(label="a1"), "on another version (b2), not on a1"),
        ((rehearsal(verdict=Verdict.INCONCLUSIVE),), Rule(), "was inconclusive"),
    ],
)
def test_without_one_that_counts_nobody_knows(found: tuple[Run, ...], rule: Rule, words: str) -> None:
    told = said(*found, rule=rule)
    assert told.outcome is Outcome.UNKNOWN
    assert words in told.sentence


def test_the_newest_that_came_to_a_verdict_decides() -> None:
    failed, held = rehearsal(verdict=Verdict.NOT_READY), rehearsal(days_ago=2)
    inconclusive = rehearsal(days_ago=0.1, verdict=Verdict.INCONCLUSIVE)
    assert said(inconclusive, failed, held).outcome is Outcome.FAILED
    assert said(failed, held).sentence.endswith("What was seen.")
    assert said(inconclusive, held).outcome is Outcome.PASSED


def test_a_clearance_needs_none_but_hears_one_that_failed_since() -> None:
    assert said(clearance=0.95).outcome is Outcome.PASSED
    assert said(rehearsal(verdict=Verdict.NOT_READY), clearance=0.95).outcome is Outcome.FAILED
    assert said(rehearsal(days_ago=3, verdict=Verdict.NOT_READY), clearance=0.95).outcome is Outcome.PASSED


def test_only_whole_rehearsals_of_the_campaign_itself_are_its_own() -> None:
    own = rehearsal(campaign="test")
    others = (rehearsal(), replace(own, id="stopped", interrupted=True))
    papers = Papers(documents=tuple(r.document() for r in (*others, own)))
    assert papers.rehearsals(cases.again()) == [own]


def test_papers_are_read_from_files_folders_and_states_alike(tmp_path: Path) -> None:
    folder = create_run_folder(tmp_path, kind=RunKind.REHEARSAL, subject="test", now=NOW)
    folder.plan_file.write_text("{}")
    file = folder.write_document(good_run())
    create_run_folder(tmp_path, kind=RunKind.REHEARSAL, subject="died", now=NOW)
    (tmp_path / "past").mkdir()
    (tmp_path / "past" / "fry.json").write_text('{"schema": "spikekit.past/1"}')
    kept = kept_papers(tmp_path).documents
    assert [d["id"] for d in kept] == [good_run().id]
    assert read_papers([file]).documents == read_papers([tmp_path]).documents == kept


JUNK: tuple[Any, ...] = (None, "x", -1, [], {}, [None], True, 0, 1e308, float("nan"), float("inf"))


@pytest.mark.parametrize(
    "document",
    [cases.capacity_document(rate=5.0), replace(good_run(), campaign="test").document()],
    ids=["search", "rehearsal"],
)
def test_damaged_evidence_is_refused_or_reckoned_with_and_never_a_defect(
    tmp_path: Path, document: dict[str, Any]
) -> None:
    """Every key, and every key within, holds everything it should not."""
    inner = [(k, i) for k, value in document.items() if isinstance(value, dict) for i in value]
    damaged = [{**document, k: junk} for k in document for junk in JUNK]
    damaged += [{**document, k: {**document[k], i: junk}} for k, i in inner for junk in JUNK]
    file, refused = tmp_path / "evidence.json", 0
    for each in damaged:
        file.write_text(json.dumps(each))
        try:
            papers = read_papers([file])
        except FileProblems:
            refused += 1
        else:
            papers.rehearsals(cases.again())
            for known in papers.evidence(cases.again()):
                assert known.capacity.warm.low > 0
    assert 0.1 < refused / len(damaged) < 0.9
