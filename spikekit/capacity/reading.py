"""What the trials so far tell, read together: how the site gives way, what it holds, and whether that has moved."""

from __future__ import annotations

from collections.abc import Sequence

from spikekit.capacity.belief import Belief, believe
from spikekit.capacity.change import sags
from spikekit.capacity.likelihood import Manner
from spikekit.capacity.trace import STUCK_RATIO
from spikekit.capacity.trial import LimitedBy, Trial, TrialKind

_CROWDED = 5.0
"""With so many times the time of a page alone, everybody waited."""

_FEWEST_OF_A_HALF = 3


def belief_of(trials: Sequence[Trial]) -> Belief:
    """What the trials tell."""
    return believed(trials, trials)


def believed(part: Sequence[Trial], trials: Sequence[Trial], *, may_move: bool = True) -> Belief:
    """What a part of the trials tells; how the site gives way, and what the look saw, all of them know."""
    look = trials[0] if trials else None
    return believe(
        part,
        anchor=anchor(trials),
        broke_at=look.visitors_per_second if look and look.missed else None,
        manner=manner(trials),
        at_work=at_work(trials),
        may_move=may_move,
    )


def anchor(trials: Sequence[Trial]) -> float:
    """Visitors/s that the first look saw get through."""
    return max(trials[0].served_per_second, 0.5) if trials else 1.0


def at_work(trials: Sequence[Trial]) -> float:
    """How many requests the site works on at once when it is busy (Little's law, with a page's time at rest)."""
    rests = [t.rest_seconds for t in trials if t.rest_seconds]
    most = max((t.visitors_per_second for t in trials if t.held and t.kind is TrialKind.TRIAL), default=0.0)
    return max(anchor(trials), most) * min(rests, default=0.05)


def manner(trials: Sequence[Trial]) -> Manner:
    """How the site gives way, as far as is known."""
    if collapses(trials):
        return Manner.COLLAPSE
    limits = [t.limited_by for t in trials if t.missed and t.limited_by is not None]
    return Manner.QUEUE if limits and limits.count(LimitedBy.LATENCY) * 2 > len(limits) else Manner.SHARP


def collapses(trials: Sequence[Trial]) -> bool:
    """Whether, mostly when it gives way, plainly less gets through than it holds afterwards.

    Where nothing held afterwards it may as well have become a smaller site: then its first look has to say so too.
    """
    before = anchor(trials)
    broken = [i for i, t in enumerate(trials) if t.missed and t.limited_by is LimitedBy.LATENCY]
    sagged = [i for i in broken if sags(trials[i], before)]
    if not sagged or 2 * len(sagged) < len(broken) or _bears_more(trials, [trials[i] for i in broken]):
        return False
    proofs = [(trials[i], t.visitors_per_second) for i in sagged for t in trials[i + 1 :] if t.held]
    if not proofs:
        return trials[0].collapsed or len(sagged) == 1
    return any(held * STUCK_RATIO > _left(sagging) for sagging, held in proofs)


def _bears_more(trials: Sequence[Trial], broken: Sequence[Trial]) -> bool:
    """Whether under the highest rate everybody waited, and as many got through: a crowd alone does not break it."""
    steady = [t for t in broken if t.kind is TrialKind.TRIAL]
    rests = [t.rest_seconds for t in trials if t.rest_seconds]
    hardest = max(steady, key=lambda t: t.visitors_per_second, default=None)
    if hardest is None or not rests or sags(hardest, anchor(trials)):
        return False
    return (hardest.p95_seconds or 0.0) > _CROWDED * min(rests)


def _left(sagging: Trial) -> float:
    """Visitors/s that still got through when it had given way. Of a look only what did at its best is known."""
    best = sagging.kind is TrialKind.LOOK
    return STUCK_RATIO * sagging.served_per_second if best else sagging.served_per_second


def drift(trials: Sequence[Trial]) -> float | None:
    """By which factor the later half of the trials tells of another capacity than the earlier, if they contradict."""
    steady = [t for t in trials if t.kind is TrialKind.TRIAL]
    half = len(steady) // 2
    if half < _FEWEST_OF_A_HALF:
        return None
    first, last = (believed(part, trials, may_move=False) for part in (steady[:half], steady[half:]))
    return factor_between(first, last)


def factor_between(before: Belief, now: Belief) -> float | None:
    """By how much at least the capacity has moved; None where the two agree."""
    # Half of what tips over by chance may have held all the time: it tells of a least only.
    usual = before.quantile(0.05 if before.likelihood.manner is Manner.COLLAPSE else 0.5)
    if now.quantile(0.95) < min(before.quantile(0.05), usual):
        return now.quantile(0.95) / usual
    return now.quantile(0.05) / usual if now.quantile(0.05) > max(before.quantile(0.95), usual) else None


def present(trials: Sequence[Trial]) -> Sequence[Trial]:
    """The steady trials since the capacity last moved."""
    moved = belief_of(trials).moved_at
    return [t for t in trials[moved or 0 :] if t.kind is TrialKind.TRIAL]
