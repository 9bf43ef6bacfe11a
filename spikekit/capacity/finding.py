"""What the trials come to: an interval, how it ends, how the site fails; or why nothing can be said."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from spikekit.capacity.behaviour import MOVED, Behaviour, behaviour_of, bottleneck_of, degrades, moved_by, was_cold
from spikekit.capacity.change import fell_where_it_holds
from spikekit.capacity.estimate import Capacity, Estimate
from spikekit.capacity.likelihood import Manner
from spikekit.capacity.reading import anchor, belief_of, manner, present
from spikekit.capacity.search import Quest, ceiling
from spikekit.capacity.trial import LOOK_FROM_PER_SECOND, LimitedBy, Trial, TrialKind
from spikekit.wording import count, plural

WIDEST = 0.6
"""A wider interval is no answer."""

STRETCH = 1.3
"""How much wider, in ln(visitors/s), the interval told is than the posterior's own.

The posterior takes its trials for independent and its likelihood for true; neither quite is, and where to try follows
from what was seen. Of 64 simulated searches its 95 % intervals held 57 (``benchmarks.capacity``): their errors spread
1.3 times as far as it believes. What collapses is believed widely enough.
"""

COLD_CONFIDENCE = 0.9
_COLD_LOW, _COLD_LIKELY, _COLD_HIGH = 0.8, 0.95, 1.05
"""What one rising load from idle tells: what got through is the most it could take, and a little more than it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``capacity`` in visitors/s, None when not even a lower bound is known. ``doubts``: why it is inconclusive.

    ``reason``: what ended the search upwards where nothing failed. ``seconds_above``: time spent above the capacity.
    ``refused_ratio``: the largest share of requests that failed in any trial.
    """

    capacity: Capacity | None
    limited_by: LimitedBy
    behaviour: Behaviour
    bottleneck: str | None
    doubts: tuple[str, ...]
    reason: str | None
    seconds_above: float
    refused_ratio: float = 0.0

    @property
    def conclusive(self) -> bool:
        return not self.doubts


def find(quest: Quest, trials: Sequence[Trial], pages: dict[str, float], *, bound: str | None = None) -> Finding:
    """The end of a search. ``pages``: of each step, one visitor asks for; ``bound``: what set the highest rate."""
    warm, limited_by, reason = _warm(quest, trials, bound)
    capacity = None if warm is None else _with_cold(warm, trials)
    return Finding(
        capacity=capacity,
        limited_by=limited_by,
        behaviour=behaviour_of(trials) if trials else Behaviour.UNKNOWN,
        bottleneck=bottleneck_of(trials, pages),
        doubts=tuple(_doubts(quest, trials, warm, limited_by)),
        reason=reason,
        seconds_above=0.0 if warm is None else seconds_above(trials, warm.likely),
        refused_ratio=max((t.error_ratio or 0.0 for t in trials if not t.gone), default=0.0),
    )


def _warm(quest: Quest, trials: Sequence[Trial], bound: str | None) -> tuple[Estimate | None, LimitedBy, str | None]:
    steady = present(trials) if trials else ()
    held, missed = [t for t in steady if t.held], [t for t in steady if t.missed]
    if not held or degrades(trials):
        nothing_else = bool(trials) and not any(t.held or t.missed or t.refused or t.gone for t in trials)
        return None, LimitedBy.GENERATOR if nothing_else else LimitedBy.NONE, None
    belief, side = belief_of(trials), (1 - quest.confidence) / 2
    low, likely, high = (belief.quantile(q) for q in (side, 0.5, 1 - side))
    if manner(trials) is not Manner.COLLAPSE:
        low, high = (likely * (end / likely) ** STRETCH for end in (low, high))
    fell = trials[-1].gone or trials[-1].recovery_seconds is None
    if missed and not fell and not _still_moves(trials):
        limits = [t.limited_by for t in missed if t.limited_by is not None]
        limit = max(set(limits), key=limits.count) if limits else LimitedBy.LATENCY
        return Estimate(low=low, likely=likely, high=high, confidence=quest.confidence), limit, None
    top = max(t.visitors_per_second for t in held)
    if fell or missed:
        top, reason = min(top, likely), "it fell over" if fell else "it was still growing"
        return Estimate(low=min(low, top), likely=top, high=None, confidence=quest.confidence), LimitedBy.NONE, reason
    at_least = Estimate(low=min(low, top), likely=top, high=None, confidence=quest.confidence)
    if ceiling(quest, trials) < quest.most_per_second or not all(t.held or t.missed for t in (trials[0], *steady)):
        return at_least, LimitedBy.GENERATOR, "this machine could not send more"
    if top >= 0.95 * quest.most_per_second:
        return at_least, LimitedBy.NONE, bound or "no higher rate was asked for"
    return at_least, LimitedBy.NONE, "the budget was spent"


def _with_cold(warm: Estimate, trials: Sequence[Trial]) -> Capacity:
    """Cold is what a rising load from idle met, where that is plainly less; otherwise the site is never cold."""
    look = trials[0]
    if not look.missed or look.served_per_second <= 0:
        return Capacity(warm=warm)
    if not was_cold(trials):
        return Capacity(warm=warm, cold=warm, warm_up_seconds=0.0)
    seen = look.served_per_second
    cold = Estimate(
        low=_COLD_LOW * seen, likely=_COLD_LIKELY * seen, high=_COLD_HIGH * seen, confidence=COLD_CONFIDENCE
    )
    return Capacity(warm=warm, cold=cold, warm_up_seconds=warm_up_seconds(trials))


def warm_up_seconds(trials: Sequence[Trial]) -> float:
    """From the first request to the end of the first trial that held plainly more than the look met: at the latest."""
    more = [t for t in trials if t.kind is TrialKind.TRIAL and t.held and t.visitors_per_second > 1.1 * anchor(trials)]
    return more[0].offset_seconds + more[0].planned_seconds - trials[0].offset_seconds if more else 0.0


def seconds_above(trials: Sequence[Trial], capacity: float) -> float:
    """How long more came than the site can take."""
    seconds = 0.0
    for trial in trials:
        last = trial.visitors_per_second
        if last <= capacity:
            continue
        share = 1.0
        if trial.kind is TrialKind.LOOK and capacity > LOOK_FROM_PER_SECOND:
            share = math.log(last / capacity) / math.log(last / LOOK_FROM_PER_SECOND)
        seconds += trial.duration_seconds * share
    return seconds


def _doubts(quest: Quest, trials: Sequence[Trial], warm: Estimate | None, limited_by: LimitedBy) -> list[str]:
    if not trials:
        return ["nothing was measured"]
    last, doubts = trials[-1], []
    if last.refused:
        where, token = (f" at {last.step}", "; or the step lacks a token that it wants") if last.step else ("", "")
        doubts.append(
            f"the target refuses us{where}, not the load (403, 429 or a challenge page at a low rate): ask IT to let "
            f"these requests through, by their headers or this machine's address{token}"
        )
    elif last.gone:
        doubts.append(f"the target stopped answering at {count(last.visitors_per_second)} visitors/s")
    elif last.recovery_seconds is None:
        doubts.append(f"the target did not recover from {count(last.visitors_per_second)} visitors/s")
    doubts += _movements(trials)
    if doubts:
        return doubts
    if limited_by is LimitedBy.GENERATOR and warm is None:
        return [
            f"this machine could not send fast enough to tell ({_unknown(trials)}); a larger --budget would tell more"
        ]
    if limited_by is LimitedBy.GENERATOR:
        return ["this machine could not send more, so this is a lower bound (see `spikekit preflight`)"]
    if warm is None:
        return ["no trial held" if any(t.missed for t in trials) else _unknown(trials)]
    if warm.high is None:
        top = max(t.visitors_per_second for t in trials if t.held)
        return [] if top >= 0.95 * quest.most_per_second else ["the budget was spent before it gave way"]
    if warm.high / warm.low - 1 > WIDEST or not any(t.held for t in present(trials)):
        return ["the trials do not agree well enough; a larger --budget would tell more"]
    return []


def _unknown(trials: Sequence[Trial]) -> str:
    told = next((t.reason for t in reversed(trials) if t.reason), None)
    tired = sum(not (t.held or t.missed) for t in trials)
    return f"{plural(tired, 'trial')} could not be judged" + (f": {told}" if told else "")


def _movements(trials: Sequence[Trial]) -> list[str]:
    if degrades(trials):
        return ["the target took less and less while it was being searched: there is no rate it holds for ever"]
    if _still_moves(trials):
        return ["the target took more and more while it was being searched, and was still growing at the end"]
    if fell_where_it_holds(trials, anchor(trials)):
        return [
            "for a while the target broke down at rates that it holds at other times: somebody else may have loaded "
            "it, or it was busy with something of its own; search again when it is quiet"
        ]
    return []


def _still_moves(trials: Sequence[Trial]) -> bool:
    """Whether it grew, and has not been seen both to hold and to fail since."""
    now = present(trials)
    settled = any(t.held for t in now) and any(t.missed for t in now) and belief_of(trials).moved_at is not None
    return (moved_by(trials) or 1.0) > MOVED and not settled
