"""Readiness, rehearsals and a rule → each criterion with its sentence. Values in, values out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from spikekit.gate.criterion import Criterion, Outcome, Subject
from spikekit.gate.rule import Rule
from spikekit.readiness.answer import Gap, Readiness
from spikekit.readiness.answer import Status as Answer
from spikekit.readiness.evidence import Evidence, Knowledge
from spikekit.readiness.words import survival_words
from spikekit.verdict.run import Run
from spikekit.vocabulary import Verdict
from spikekit.wording import instant, percent, plural, span

_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that is known of one campaign: its readiness, its rehearsals (the newest first), what was left out.

    ``search`` and ``rehearsal`` are what to type for what is lacking, as a shell takes it.
    """

    answer: Readiness
    rehearsals: Sequence[Run]
    left_out: Sequence[str]
    search: str
    rehearsal: str
    now: datetime


def criteria(case: Case, rule: Rule) -> tuple[Criterion, ...]:
    """Every criterion that applies, in the order in which people mend them."""
    return tuple(_criteria(case, rule))


def _criteria(case: Case, rule: Rule) -> Iterator[Criterion]:
    evidence = case.answer.question.evidence
    yield _evidence(case)
    if evidence:
        yield _freshness(evidence[0], rule, case)
        if rule.label is not None:
            yield _label(evidence[0], rule.label, case)
    yield _together(case)
    if case.answer.gap is not Gap.EVIDENCE:
        yield _survival(case.answer, case.search)
    yield _rehearsal(case, rule)


def _evidence(case: Case) -> Criterion:
    if not case.answer.question.evidence:
        return _unknown(
            Subject.EVIDENCE,
            "No capacity of this site is known here. Bring it (spikekit runs export, then --evidence FILE), or measure "
            "it:",
            case.search,
        )
    decisive = case.answer.question.evidence[0]
    known = f"{_known(decisive)} on {instant(decisive.created.isoformat())}{_marked(decisive)}"
    if decisive.is_conclusive:
        return _passed(Subject.EVIDENCE, f"{known}.")
    why = f" ({decisive.doubts[0]})" if decisive.doubts else ""
    return Criterion(
        subject=Subject.EVIDENCE,
        outcome=Outcome.PASSED,
        words=f"{known}, by a search that was inconclusive{why}; measure it again:",
        command=case.search,
        is_doubtful=True,
    )


def _freshness(evidence: Evidence, rule: Rule, case: Case) -> Criterion:
    age, most = _age(evidence.created, case.now), span(rule.max_age.total_seconds())
    if rule.is_fresh(evidence.created, case.now):
        return _passed(Subject.FRESHNESS, f"What is known of capacity is {age} old; {most} is the most.")
    if evidence.created > case.now:
        found = f"on {instant(evidence.created.isoformat())}, if its clock is right: not yet"
    else:
        found = f"{age} ago, and {most} is the most"
    return _unknown(Subject.FRESHNESS, f"{_known(evidence)} {found}; measure it again:", case.search)


def _label(evidence: Evidence, label: str, case: Case) -> Criterion:
    if evidence.label == label:
        return _passed(Subject.LABEL, f"Capacity was measured of this version ({label}).")
    found = f"of another version ({evidence.label})" if evidence.label else "of an unnamed version"
    return _unknown(Subject.LABEL, f"{_known(evidence)} {found}, not of {label}; measure that:", case.search)


def _together(case: Case) -> Criterion:
    """A file that cannot be read may be a campaign of the same hours."""
    if case.left_out:
        return _unknown(Subject.TOGETHER, f"What comes in its hours is not known: {'; '.join(case.left_out)}.")
    others = [f.campaign.name for f in case.answer.question.others]
    if not others:
        return _passed(Subject.TOGETHER, "No other confirmed campaign comes in its hours.")
    return _passed(Subject.TOGETHER, f"Judged together with the other campaigns of its hours: {', '.join(others)}.")


def _survival(answer: Readiness, search: str) -> Criterion:
    asked = f"{percent(answer.question.goal)} is asked for."
    words = f"{survival_words(answer)} {asked[:1].upper()}{asked[1:]}"
    if answer.status is Answer.READY:
        return _passed(Subject.SURVIVAL, words)
    if answer.gap is Gap.RATIO:
        return _unknown(Subject.SURVIVAL, f"{words} Declare it in site.yaml.")
    if answer.status is Answer.UNTESTED:
        return _unknown(Subject.SURVIVAL, f"{words} To know more:", search)
    return Criterion(subject=Subject.SURVIVAL, outcome=Outcome.FAILED, words=words)


def _rehearsal(case: Case, rule: Rule) -> Criterion:
    """Needed unless the site's clearance says otherwise; one that failed since the measurement counts in any case."""
    counted = [r for r in case.rehearsals if rule.counts_run(r, case.now)]
    told = next((r for r in counted if r.verdict is not Verdict.INCONCLUSIVE), None)
    if told is not None and told.verdict is Verdict.NOT_READY and not _is_outdated(told, case.answer):
        words = f"It did not hold when it was rehearsed{_where(told)}: {told.sentence}"
        return Criterion(subject=Subject.REHEARSAL, outcome=Outcome.FAILED, words=words)
    if case.answer.is_cleared:
        return _passed(Subject.REHEARSAL, "It meets the site's clearance from measured capacity: no rehearsal is due.")
    if told is not None and told.verdict is Verdict.READY:
        return _passed(Subject.REHEARSAL, f"It held when it was rehearsed{_where(told)}.")
    return _unknown(Subject.REHEARSAL, f"{_lacking(case, counted, rule)}; rehearse it:", case.rehearsal)


def _is_outdated(failed: Run, answer: Readiness) -> bool:
    """Whether the campaign is cleared by what was measured after that rehearsal."""
    return answer.is_cleared and answer.question.evidence[0].created > datetime.fromisoformat(failed.created)


def _lacking(case: Case, counted: Sequence[Run], rule: Rule) -> str:
    if counted:
        return f"Its rehearsal{_where(counted[0])} was inconclusive"
    if not case.rehearsals:
        return "It has not been rehearsed"
    last = case.rehearsals[0]
    if not rule.is_labelled(last.label):
        return f"It was rehearsed{_where(last)} on another version ({last.label or 'unnamed'}), not on {rule.label}"
    created = datetime.fromisoformat(last.created)
    if created > case.now:
        return f"Its last rehearsal is dated {instant(last.created)}, which has not come yet"
    age = _age(created, case.now)
    return f"It was last rehearsed {age} ago, and {span(rule.max_age.total_seconds())} is the most"


def _known(evidence: Evidence) -> str:
    if evidence.knowledge is Knowledge.MEASURED:
        return f"Capacity of {evidence.target} was measured"
    bound = "A lower" if evidence.knowledge is Knowledge.AT_LEAST else "An upper"
    return f"{bound} bound of {evidence.target}'s capacity was shown"


def _marked(evidence: Evidence) -> str:
    return f" ({evidence.label})" if evidence.label else ""


def _where(run: Run) -> str:
    return f" on {run.target} on {instant(run.created)}"


def _age(created: datetime, now: datetime) -> str:
    """Rounded up: what is a little over seven days old must not read as seven."""
    seconds = max(0.0, (now - created) / timedelta(seconds=1))
    return plural(math.ceil(seconds / _DAY), "day") if seconds >= 2 * _DAY else span(seconds)


def _passed(subject: Subject, words: str) -> Criterion:
    return Criterion(subject=subject, outcome=Outcome.PASSED, words=words)


def _unknown(subject: Subject, words: str, command: str | None = None) -> Criterion:
    return Criterion(subject=subject, outcome=Outcome.UNKNOWN, words=words, command=command)
