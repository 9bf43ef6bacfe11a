"""Runs to report on, computed in virtual time against the shop's own capacity: no clock, no network, no luck.

Visitors read /books, three in five of them a book, a third of those fill a basket. Whoever waits longer than ten
seconds gives up. The numbers obey the laws of real runs, because they are counted and not made up.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np

from spikekit.shop.capacity import Refusal, Slots
from spikekit.verdict.run import (
    Assets,
    Distribution,
    FailureExample,
    Generator,
    LagQuantiles,
    ObjectiveResult,
    Quantiles,
    Requests,
    Run,
    StepResult,
    Timeline,
)
from spikekit.vocabulary import WINDOW_SECONDS, RunKind, Verdict, VisitorCounts

STEPS = ("GET {landing}", "GET /books/{id}", "POST /basket")
THINK_SECONDS = (0.0, 8.0, 5.0)
CONTINUE = (1.0, 0.6, 0.3)
PATIENCE_SECONDS = 10.0
LATENCY_LIMITS = {"p95": (0.95, 0.8), "p99": (0.99, 2.0)}
ERROR_LIMIT, VISITOR_LIMIT = 0.01, 0.98


@dataclass(slots=True)
class _Page:
    step: int
    intended: float
    latency: float | None  # None: gave up, or was turned away
    failure: str | None = None


@dataclass(slots=True)
class _Seen:
    seconds: int
    pages: list[_Page] = field(default_factory=list)
    begun: list[float] = field(default_factory=list)
    ended: list[tuple[float, str]] = field(default_factory=list)


def tweet(peak: float, *, rise: float = 12.0, fall: float = 45.0) -> Callable[[float], float]:
    """Visitors/s after a post: a steep rise from second 10 and a long fall, over a little normal traffic."""

    def rate(at: float) -> float:
        since = at - 10
        return 20.0 + (0.0 if since < 0 else peak * min(since / rise, np.exp(-max(since - rise, 0) / fall)))

    return rate


def simulated(
    rate: Callable[[float], float], seconds: int, *, slots: int = 40, queue: int | None = None, luck: int = 7
) -> _Seen:
    """Everything that happens when visitors come at ``rate`` for ``seconds`` to a shop of ``slots`` × 50 ms."""
    rng, shop, seen = np.random.default_rng(luck), Slots(slots, 0.05, queue=queue), _Seen(seconds)
    events: list[tuple[float, int]] = []
    for second in range(seconds):
        count = rng.poisson(rate(second + 0.5))
        events += [(float(at), 0) for at in second + rng.random(count)]
    heapq.heapify(events)
    seen.begun = sorted(at for at, _ in events)
    while events:
        at, step = heapq.heappop(events)
        due = shop.admit(at)
        if isinstance(due, Refusal):
            seen.pages.append(_Page(step, at, None, "unexpected_status"))
            seen.ended.append((at, "failed"))
        elif due - at > PATIENCE_SECONDS:
            seen.pages.append(_Page(step, at, None, "timeout"))
            seen.ended.append((at + PATIENCE_SECONDS, "abandoned"))
        else:
            seen.pages.append(_Page(step, at, due - at + rng.exponential(0.004)))
            if step + 1 < len(STEPS) and rng.random() < CONTINUE[step + 1]:
                heapq.heappush(events, (due + THINK_SECONDS[step + 1], step + 1))
            else:
                seen.ended.append((due, "completed"))
    return seen


def run_of(seen: _Seen, **changes: Any) -> Run:
    """The run that was seen, counted as the engine counts."""
    ends = Counter(how for _, how in seen.ended)
    timeline = _timeline(seen)
    failures = Counter(p.failure for p in seen.pages if p.failure)
    failed = failures.total()
    objectives = _objectives(seen)
    held = all(o.held for o in objectives)
    everything = Run(
        id="20261204-175500-rehearsal-fry-reads-3f2a",
        created="2026-12-04T17:57:05+00:00",
        tool_version="0.1.0",
        seed=20101124,
        label="4f2c9e1",
        inputs={"fry-reads.yaml": "9f2b" * 16, "site.yaml": "17c3" * 16},
        kind=RunKind.REHEARSAL,
        campaign="fry-reads",
        target="staging",
        verdict=Verdict.READY if held else Verdict.NOT_READY,
        sentence="Ready: staging held the spike of 400 visitors/s for 2 min; 95 % of pages came within 62 ms."
        if held
        else "Not ready: staging did not hold the spike of 920 visitors/s; "
        "from 0:10 on, 5 % of GET {landing} took 10 s or longer, 800 ms allowed.",
        reasons=[]
        if held
        else [
            "from 0:10 on, 5 % of GET {landing} took 10 s or longer, 800 ms allowed",
            "from 0:30 on, 99.9 % of GET {landing} failed, 1.0 % allowed",
        ],
        started="2026-12-04T17:55:00+00:00",
        duration_seconds=float(seen.seconds),
        visitors=VisitorCounts(planned=len(seen.begun), started=len(seen.begun), **ends),
        requests=Requests(sent=len(seen.pages), succeeded=len(seen.pages) - failed, failed=failed),
        failures=dict(failures),
        latency_seconds=_quantiles([p.latency for p in seen.pages]),
        service_seconds=_quantiles([p.latency for p in seen.pages]),
        dispatch_lag_seconds=LagQuantiles(p50=0.0003, p99=0.0042, max=0.0121),
        steps=_steps(seen),
        assets=Assets(
            requests=5 * len(seen.begun), latency_seconds=Quantiles(p50=0.004, p95=0.011, p99=0.021, max=0.09)
        ),
        timeline=timeline,
        objectives=objectives,
        generator=Generator(healthy=True, workers=1, cpu_ratio=0.41, notes=[]),
        distribution=_distribution([p.latency for p in seen.pages if p.latency is not None]),
        examples=[
            FailureExample(kind=kind, step=STEPS[0], detail=detail, offset_seconds=41.2)
            for kind, detail in {
                "timeout": "no answer within 10 s from http://127.0.0.1:8008/books?utm_campaign=fry-reads",
                "unexpected_status": "503 Service Unavailable: We are very busy",
            }.items()
            if kind in failures
        ],
        asked={"peak_visitors_per_second": 1120.0, "window": "2m", "at": "p90", "headroom": 1.3},
        command="spikekit rehearse campaigns/fry.yaml --target staging --at p90 --window 2m --seed 20101124",
    )
    return replace(everything, **changes)


@cache
def good_run() -> Run:
    """A spike of 380 visitors/s on a site of 800 pages/s."""
    return run_of(simulated(tweet(380), 120))


@cache
def overloaded_run() -> Run:
    """The same site when 1,600 pages/s are asked of its 800: the queue grows until nobody waits any longer."""
    return run_of(simulated(tweet(900), 120))


@cache
def shedding_run() -> Run:
    """Load of 1,100/s on a site that turns away whoever it has no room for."""
    seen = simulated(lambda _: 1100.0, 30, queue=200)
    return run_of(
        seen,
        id="20261122-071530-load-staging-9a01",
        created="2026-11-22T07:16:00+00:00",
        kind=RunKind.LOAD,
        campaign=None,
        label=None,
        sentence="Not ready: staging did not hold the load of 1,100 visitors/s; "
        "54.1 % of GET {landing} failed, 1.0 % allowed.",
        asked={"rate_visitors_per_second": 1100.0, "duration": "30s", "path": "/books"},
        command="spikekit load --target staging --rate 1100/s --duration 30s --path /books",
    )


@cache
def tired_run() -> Run:
    """Nothing is known about the site, because the generator could not keep up."""
    run = run_of(simulated(tweet(300), 60))
    dropped = run.visitors.planned // 5
    return replace(
        run,
        verdict=Verdict.INCONCLUSIVE,
        sentence="Inconclusive: this says nothing about staging; only 80 % of the planned visitors were started.",
        reasons=["started 80.0 % of planned visitors; 99 % are needed", "p99 dispatch lag 212 ms; at most 50 ms"],
        visitors=replace(run.visitors, planned=run.visitors.planned + dropped, dropped=dropped),
        dispatch_lag_seconds=LagQuantiles(p50=0.03, p99=0.212, max=0.8),
        generator=Generator(
            healthy=False, workers=1, cpu_ratio=0.99, notes=["CPU at 99 % from second 20 to 55"], left_out_seconds=40
        ),
    )


@cache
def empty_run() -> Run:
    """No visitor ever started: the target could not be reached."""
    nothing = _Seen(0)
    return run_of(
        nothing,
        verdict=Verdict.INCONCLUSIVE,
        sentence="Inconclusive: this says nothing about staging; nothing was measured.",
        reasons=["no data"],
        objectives=[replace(o, observed=None, held=None, worst_window=None) for o in _objectives(nothing)],
        assets=Assets(),
        dispatch_lag_seconds=LagQuantiles(),
        generator=Generator(healthy=True, workers=0, cpu_ratio=None, notes=[]),
        examples=[],
    )


@cache
def one_second_run() -> Run:
    """The shortest run there is."""
    return run_of(
        simulated(lambda _: 50.0, 1),
        duration_seconds=1.0,
        sentence="Ready: staging held the load of 50 visitors/s for 1 s.",
    )


@cache
def interrupted_run() -> Run:
    """Ctrl-C after 25 of 120 seconds."""
    return run_of(
        simulated(tweet(380), 25),
        interrupted=True,
        verdict=Verdict.INCONCLUSIVE,
        sentence="Inconclusive: this says nothing about staging; the run was stopped after 25 s.",
        reasons=["interrupted"],
    )


@cache
def two_hour_run() -> Run:
    """7,200 seconds with one second that stands out, which no chart may lose."""
    run = run_of(simulated(lambda _: 3.0, 7200))
    started, p95 = list(run.timeline.started), list(run.timeline.p95)
    started[3601], p95[3601] = 97, 6.66
    return replace(run, timeline=replace(run.timeline, started=started, p95=p95))


@cache
def hostile_run() -> Run:
    """Names and answers that try to be markup, terminal commands or columns of their own."""
    evil = "</script><script>alert('x')</script><img src=x onerror=alert(1)> "
    evil += "\x1b[2J\x1b]0;owned\x07 \u202e {{ 7*7 }} \ud800"
    run = shedding_run()
    return replace(
        run,
        target=evil,
        campaign=evil,
        label=evil,
        sentence=evil,
        reasons=[evil],
        steps=[replace(s, name=evil) for s in run.steps],
        objectives=[replace(o, step=evil if o.step else None) for o in run.objectives],
        examples=[replace(e, detail=evil, step=evil) for e in run.examples],
        generator=replace(run.generator, notes=[evil]),
        asked={evil: evil},
        inputs={evil: evil},
        command=evil,
    )


def _timeline(seen: _Seen) -> Timeline:
    length = seen.seconds
    begun = np.bincount([int(at) for at in seen.begun], minlength=length)[:length]
    ends: dict[str, list[int]] = defaultdict(lambda: [0] * length)
    for at, how in seen.ended:
        if at < length:
            ends[how][int(at)] += 1
    lost = [f + a for f, a in zip(ends["failed"], ends["abandoned"], strict=True)]
    by_second: list[list[float | None]] = [[] for _ in range(length)]
    for page in seen.pages:
        if page.intended < length:
            by_second[int(page.intended)].append(page.latency)
    gone = np.cumsum(np.asarray(ends["completed"]) + np.asarray(lost))
    return Timeline(
        offset_seconds=[float(i) for i in range(length)],
        planned=begun.tolist(),
        started=begun.tolist(),
        completed=ends["completed"],
        failed=lost,
        in_flight=(np.cumsum(begun) - gone).tolist(),
        p95=[_quantile(values, 0.95) for values in by_second],
        p50=[_quantile(values, 0.5) for values in by_second],
    )


def _quantile(values: Sequence[float | None], q: float) -> float | None:
    ordered = sorted(float("inf") if v is None else v for v in values)
    if not ordered:
        return None
    found = ordered[min(int(q * len(ordered)), len(ordered) - 1)]
    return None if found == float("inf") else found


def _quantiles(values: Sequence[float | None]) -> Quantiles:
    names = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}
    known = [v for v in values if v is not None]
    return Quantiles(**{n: _quantile(values, q) for n, q in names.items()}, max=max(known, default=None))


def _steps(seen: _Seen) -> list[StepResult]:
    found = []
    for number, name in enumerate(STEPS):
        pages = [p for p in seen.pages if p.step == number]
        failures = Counter(p.failure for p in pages if p.failure)
        quantiles = _quantiles([p.latency for p in pages])
        found.append(
            StepResult(
                name=name,
                requests=len(pages),
                failed=failures.total(),
                latency_seconds=quantiles,
                failures=dict(failures),
                expected=len(seen.begun) * float(np.prod(CONTINUE[: number + 1])),
            )
        )
    return found


def _objectives(seen: _Seen) -> list[ObjectiveResult]:
    results = []
    for number, name in enumerate(STEPS):
        windows: dict[int, list[_Page]] = defaultdict(list)
        for page in seen.pages:
            if page.step == number:
                windows[int(page.intended // WINDOW_SECONDS)].append(page)
        for quantile, (q, limit) in LATENCY_LIMITS.items():
            results.append(_judge(quantile, name, limit, windows, lambda pages, q=q: _latency(pages, q)))
        results.append(_judge("errors", name, ERROR_LIMIT, windows, _error_ratio))
    lost = sum(how != "completed" for _, how in seen.ended)
    share = 1 - lost / max(len(seen.ended), 1)
    results.append(
        ObjectiveResult(
            name="visitors",
            step=None,
            limit=VISITOR_LIMIT,
            observed=share,
            held=share >= VISITOR_LIMIT,
            worst_window=None,
        )
    )
    return results


_Figure = tuple[bool, float]
"""Whether it lies among pages without a right answer, and the value."""


def _latency(pages: list[_Page], q: float) -> _Figure:
    found = _quantile([p.latency for p in pages], q)
    if found is not None:
        return False, found
    # Who was turned away was so at once.
    return True, max(PATIENCE_SECONDS if p.failure == "timeout" else p.latency or 0.0 for p in pages)


def _error_ratio(pages: list[_Page]) -> _Figure:
    return False, sum(p.failure is not None for p in pages) / len(pages)


def _judge(
    name: str, step: str, limit: float, windows: dict[int, list[_Page]], measure: Callable[[list[_Page]], _Figure]
) -> ObjectiveResult:
    if not windows:
        return ObjectiveResult(name=name, step=step, limit=limit, observed=None, held=None, worst_window=None)
    by_window = {at: measure(pages) for at, pages in windows.items()}
    missed = [at for at, (lost, value) in by_window.items() if lost or value > limit]
    unanswered, observed = measure([p for pages in windows.values() for p in pages])
    worst_unanswered, worst = max(by_window.values())
    return ObjectiveResult(
        name=name,
        step=step,
        limit=limit,
        observed=observed,
        held=not missed,
        worst_window=worst,
        missed_at_seconds=min(missed) * float(WINDOW_SECONDS) if missed else None,
        unanswered=unanswered,
        worst_unanswered=worst_unanswered,
    )


def _distribution(latencies: list[float]) -> Distribution:
    edges = np.geomspace(0.001, 30, 91)
    counts, _ = np.histogram(latencies, edges)
    return Distribution(edges_seconds=edges.tolist(), counts=counts.tolist())
