"""A plan and what was measured → the run's document with its verdict.

In the contract's order: an objective missed in a window in which the generator was healthy is ``not_ready``, whatever
else; otherwise a tired generator, a lost worker, a target that refuses *us*, an early end or no data make it
``inconclusive``; otherwise it is ``ready``.
"""

from __future__ import annotations

from collections import Counter
from copy import copy
from dataclasses import dataclass

from spikekit.engine.arrivals import planned_by_second
from spikekit.engine.lease import LEASE_ENDS, LEASE_LOST
from spikekit.engine.plan import Plan
from spikekit.measurement.record import Record
from spikekit.measurement.second import ASSETS
from spikekit.verdict import summary, words
from spikekit.verdict.health import STARTED_RATIO, Health, health
from spikekit.verdict.objective import judge
from spikekit.verdict.run import FailureExample, Generator, ObjectiveResult, Run
from spikekit.vocabulary import FailureKind, Verdict
from spikekit.wording import clock, plural

_BLOCKED_RATIO = 0.9
"""From this share of a step's pages refused, in every window, the target refuses us there, not the load."""

_SURELY_SOME = 5.0
"""Where so many are expected, by chance alone none comes in fewer than one run in a hundred (Poisson: e⁻⁵ = 0.7 %)."""

_STOP_SECONDS = 1
"""Arrivals are drawn and sent within such a time: a stop reaches no further back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """The verdict with its reasons, and what it rests on; ``tired`` says where the generator did not keep up."""

    verdict: Verdict
    reasons: list[str]
    objectives: list[ObjectiveResult]
    tired: list[str]
    healthy: bool
    left_out_seconds: int


def judged(
    plan: Plan, record: Record, *, ended: str | None = None, interrupted: bool = False, refused: bool = False
) -> Run:
    """The run's document. ``ended`` says why it ended early, if it did (a killed generator, withdrawn consent)."""
    ended = ended or _early_end(plan, record)
    if record.lost_workers or (record.workers > 1 and LEASE_LOST in record.notes):
        record = _with_what_was_lost(plan, record)
    found = _found(plan, record, ended, stopped=interrupted or refused)
    length, came = plan.profile.duration_seconds, record.planned.total() / (plan.profile.total or 1.0)
    pages = {name: expected * came for name, expected in plan.expected_pages().items()}
    return Run(
        id=plan.id,
        created=plan.created,
        tool_version=plan.tool_version,
        seed=plan.seed,
        label=plan.label,
        inputs=plan.inputs,
        kind=plan.kind,
        campaign=plan.campaign,
        target=plan.hosts[0].name,
        verdict=found.verdict,
        sentence=words.sentence(found.verdict, plan, found.objectives, found.reasons),
        reasons=found.reasons,
        started=plan.created,
        duration_seconds=min(float(record.seconds), length) if ended else length,
        visitors=summary.visitors(record),
        requests=summary.requests(record),
        failures=summary.failures(record, step=None),
        latency_seconds=summary.latency(record),
        service_seconds=summary.service(record),
        dispatch_lag_seconds=summary.lag(record),
        steps=[summary.step(record, name, pages.get(name)) for name in record.steps if name != ASSETS],
        assets=summary.assets(record),
        timeline=summary.timeline(record),
        objectives=found.objectives,
        generator=Generator(
            healthy=found.healthy,
            workers=record.workers,
            cpu_ratio=summary.busy_cpu_ratio(record),
            notes=[*found.tired, *record.notes],
            left_out_seconds=found.left_out_seconds,
        ),
        distribution=summary.distribution(record),
        examples=[
            FailureExample(kind=e.kind, step=e.step, detail=e.detail, offset_seconds=e.offset_seconds)
            for e in record.examples
        ],
        asked=plan.asked,
        command=plan.command,
        interrupted=interrupted,
        refused=refused,
    )


def _found(plan: Plan, record: Record, ended: str | None, *, stopped: bool) -> _Finding:
    windows = list(record.windows())
    # Whoever came due as a run was stopped was turned back by the stop, not by a tired generator.
    until = max(record.planned, default=0) - _STOP_SECONDS if stopped else record.seconds
    states = {w: health(record, range(w.start, min(w.stop, until))) for w in windows}
    healthy = [w for w in windows if not states[w].reasons]
    unknown = [w for w in windows if states[w].reasons and _is_unknown(record, plan, w, states[w])]
    refusing = frozenset(step for step in record.steps if step != ASSETS and _is_refused(record, step, windows))
    objectives = judge(record, plan.objectives, healthy, refusing)
    tired = health(record, range(min(until, windows[-1].stop) if windows else 0)).reasons
    judged_any = any(o.held is not None for o in objectives)
    doubts = _doubts(record, tired, ended, refusing=refusing, judged_any=judged_any)
    if not doubts:
        doubts.extend(f"nobody came as far as {step} within this run" for step in _unreached(plan, record))
    if not tired:
        doubts.extend(f"from {clock(w.start)} to {clock(w.stop)} {states[w].reasons[0]}" for w in unknown)
    # Who was refused did not get all, so with a refusing step nothing is known of the visitors as a whole.
    unknowable: set[str | None] = {*refusing, None} if refusing else set()
    missed = [o for o in objectives if o.held is False and o.step not in unknowable]
    return _Finding(
        verdict=Verdict.NOT_READY if missed else Verdict.INCONCLUSIVE if doubts else Verdict.READY,
        reasons=[*words.misses(missed), *doubts],
        objectives=objectives,
        tired=tired,
        healthy=not tired and not unknown and record.ended and not record.lost_workers,
        left_out_seconds=sum(len(w) for w in windows if w not in healthy),
    )


def _early_end(plan: Plan, record: Record) -> str | None:
    """Why sending ended before its time, as the last lines' notes tell it."""
    note = next((n for n in record.notes if n.startswith(LEASE_ENDS)), None)
    if note == LEASE_LOST and record.workers > 1 and record.seconds >= plan.profile.duration_seconds:
        return "a worker stood still for more than two seconds, and others had to take over"
    return f"the run ended early: {note}" if note else None


def _with_what_was_lost(plan: Plan, record: Record) -> Record:
    """The record with all that was drawn. Every lane's arrivals are known: neither what a lost worker never reported
    nor what two of them count is a guess.

    A worker that stood still comes back with arrivals overdue that another has meanwhile sent: they are not dropped.
    """
    curves = tuple(stream.curve for stream in plan.profile.streams)
    until = min(float(record.seconds), plan.profile.duration_seconds)
    drawn = planned_by_second(curves, seed=plan.seed, lanes=plan.lanes, until=until, even=plan.sending.even)
    whole = copy(record)
    whole.planned = Counter({s: max(drawn.get(s, 0), record.started[s]) for s in {*drawn, *record.started}})
    whole.dropped = min(record.dropped, whole.planned.total() - record.started.total())
    return whole


def _is_unknown(record: Record, plan: Plan, window: range, tired: Health) -> bool:
    """Whether a tired generator hides what the site did: some visitors never came, or an objective looks missed.

    A window whose every objective held although the generator was late held all the more.
    """
    if tired.started < STARTED_RATIO * tired.planned or tired.own_failures:
        return True
    return any(o.held is False for o in judge(record, plan.objectives, [window]))


def _unreached(plan: Plan, record: Record) -> list[str]:
    """The steps that somebody should have asked for, and nobody did: of those there is no data."""
    return [s for s, pages in plan.expected_pages().items() if pages >= _SURELY_SOME and not record.sent.get(s)]


def _is_refused(record: Record, step: str, windows: list[range]) -> bool:
    """Whether nearly every page of this step was refused to us in every window."""
    shares = []
    for window in windows:
        answers = list(record.of(step=step, seconds=window))
        refused = sum(a.failures.get(FailureKind.BLOCKED, 0) for a in answers)
        total = sum(a.latency.total + sum(a.failures.values()) for a in answers)
        if total:
            shares.append(refused / total)
    return bool(shares) and min(shares) >= _BLOCKED_RATIO


def _doubts(
    record: Record, tired: list[str], ended: str | None, *, refusing: frozenset[str], judged_any: bool
) -> list[str]:
    doubts = [ended] if ended else []
    if refusing:
        where = "" if refusing == {*record.steps} - {ASSETS} else f" at {', '.join(sorted(refusing))}"
        doubts.append(
            f"the target refuses us{where}, not the load (403, 429 or a challenge page from the first page on): "
            "ask IT to let these requests through, by their headers or this machine's address"
        )
    if not record.ended and not ended:
        doubts.append("the load generator ended before it could report the end")
    elif record.ended and record.lost_workers:
        doubts.append(f"{plural(record.lost_workers, 'worker')} of {record.workers} died on the way")
    doubts.extend(tired)
    if not judged_any and not doubts:
        doubts.append("nothing was measured")
    return doubts
