"""The search as a state machine: trials so far → the next one, or the end. Pure, so that it can be met in virtual time.

In the manner of MLRsearch (RFC 9971): a quick look from idle, then short trials while much is unknown and long ones
where it matters, until a rate that held and one that did not agree on the answer, or the budget is spent. Where to try
next follows from a posterior, as PLRsearch does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spikekit.capacity.belief import Belief, Manner, believe
from spikekit.capacity.change import after_streak, is_stale, sags
from spikekit.capacity.trace import STUCK_RATIO
from spikekit.capacity.trial import DOUBLING_SECONDS, LimitedBy, Move, Trial, TrialKind, look_seconds

CONFIDENCE = 0.95
WIDTH = 0.06
"""The relative width of the interval at which a search ends."""

SHORT, MIDDLE, LONG = 6.0, 12.0, 30.0
"""Seconds of a trial, on top of the time its visitors take to fill the site."""

WIDE, NARROW = 0.3, 0.12
"""Relative widths of what is unknown: above the first trials are short, below the second long."""

_FEWEST = 250.0
"""Visitors a trial should see at least, as far as a middle-sized trial's time allows."""

OVERHEAD_SECONDS = 3.0
"""What a trial costs beside its duration: a generator starts, the last visitors leave, the target cools down."""

_STEP_UP = 1.6
"""Never so many times more than what held, or was seen to get through."""

_STEP_DOWN = 0.85
"""While nothing has held, plainly less than what did not."""

_EASY = 0.5
_BRACKETED_QUANTILE = 0.4
_COLLAPSING_QUANTILE = 0.6
_JUST_ABOVE = 1.04
"""So many times what is surely enough to fail, an old miss is asked again."""

_TOO_OFTEN = 3
_FEWEST_OF_A_HALF = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Quest:
    """What a search may do. ``settle_seconds``: how long visitors take until the site is as full as it gets.

    ``most_per_second``: visitors/s it may never exceed, by ``--max-rate``, the target's limits or the generator's.
    """

    most_per_second: float
    budget_seconds: float
    settle_seconds: float = 0.0
    confidence: float = CONFIDENCE
    width: float = WIDTH

    @property
    def long_seconds(self) -> float:
        """A trial that counts as proof; a short budget has shorter ones."""
        return self.settle_seconds + max(min(LONG, self.budget_seconds / 6), SHORT)


def next_move(quest: Quest, trials: Sequence[Trial]) -> Move | None:
    """The next trial, or None when the search is over."""
    if not trials:
        doubling = max(DOUBLING_SECONDS, quest.settle_seconds / 4)
        seconds = min(look_seconds(quest.most_per_second, doubling), quest.budget_seconds / 3)
        return Move(kind=TrialKind.LOOK, visitors_per_second=quest.most_per_second, duration_seconds=seconds)
    if trials[-1].gone or trials[-1].refused or trials[-1].recovery_seconds is None or _ceiling_proved(quest, trials):
        return None
    belief = belief_of(trials)
    asks_again = trials[-1].held and not collapses(trials) and is_stale(present(trials), spent(trials))
    if belief.width <= quest.width and is_bracketed(quest, trials) and not asks_again:
        return None
    rate = _rate(quest, trials, belief)
    seconds = quest.settle_seconds + _seconds(quest, trials, belief, rate)
    if asks_again:
        rate = min(max(rate, _just_above(belief, present(trials))), ceiling(quest, trials))
        seconds = quest.settle_seconds + SHORT
    left = quest.budget_seconds - spent(trials)
    if seconds + OVERHEAD_SECONDS > left:
        seconds = left - OVERHEAD_SECONDS
        if seconds < quest.settle_seconds + SHORT:
            return None
    return Move(kind=TrialKind.TRIAL, visitors_per_second=rate, duration_seconds=seconds)


def spent(trials: Sequence[Trial]) -> float:
    """Seconds since the search began."""
    return trials[-1].offset_seconds + trials[-1].took_seconds if trials else 0.0


def belief_of(trials: Sequence[Trial]) -> Belief:
    """What the trials tell."""
    return believe(trials, anchor=anchor(trials), manner=manner(trials), at_work=at_work(trials))


def anchor(trials: Sequence[Trial]) -> float:
    """Visitors/s that the first look saw get through."""
    return max(trials[0].served_per_second, 0.5) if trials else 1.0


def at_work(trials: Sequence[Trial]) -> float:
    """How many requests the site works on at once when it is busy (Little's law, with a page's time at rest)."""
    rests = [t.rest_seconds for t in trials if t.rest_seconds]
    return anchor(trials) * min(rests, default=0.05)


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
    if not sagged or 2 * len(sagged) < len(broken):
        return False
    after = [t.visitors_per_second for t in trials[sagged[-1] + 1 :] if t.held]
    if not after:
        return trials[0].collapsed or len(sagged) == 1
    return max(after) * STUCK_RATIO > trials[sagged[-1]].served_per_second


def drift(trials: Sequence[Trial]) -> float | None:
    """By which factor the later half of the trials tells of another capacity than the earlier, if they contradict."""
    steady = [t for t in trials if t.kind is TrialKind.TRIAL]
    half = len(steady) // 2
    if half < _FEWEST_OF_A_HALF:
        return None
    first, last = (
        believe(part, anchor=anchor(trials), manner=manner(trials), at_work=at_work(trials), may_move=False)
        for part in (steady[:half], steady[half:])
    )
    return factor_between(first, last)


def factor_between(before: Belief, now: Belief) -> float | None:
    """By how much at least the capacity has moved; None where the two agree."""
    usual = before.quantile(0.5)
    if now.quantile(0.95) < min(before.quantile(0.05), usual):
        return now.quantile(0.95) / usual
    return now.quantile(0.05) / usual if now.quantile(0.05) > max(before.quantile(0.95), usual) else None


def present(trials: Sequence[Trial]) -> Sequence[Trial]:
    """The steady trials since the capacity last moved."""
    moved = belief_of(trials).moved_at
    return [t for t in trials[moved or 0 :] if t.kind is TrialKind.TRIAL]


def is_bracketed(quest: Quest, trials: Sequence[Trial]) -> bool:
    """Whether long trials agree: one held, and one not far above it did not."""
    proof = [t for t in present(trials) if t.planned_seconds >= 0.9 * quest.long_seconds]
    return any(t.held for t in proof) and any(t.missed for t in proof)


def ceiling(quest: Quest, trials: Sequence[Trial]) -> float:
    """The highest rate worth trying: the quest's, or below where the generator could not follow."""
    tired = [t.visitors_per_second for t in trials if t.kind is TrialKind.TRIAL and _is_tired(t)]
    if len(tired) < 2:
        return quest.most_per_second
    return min(quest.most_per_second, 0.9 * min(tired))


def _is_tired(trial: Trial) -> bool:
    """Whether nothing is known of the site, for the generator did not keep up."""
    return not (trial.held or trial.missed)


def _ceiling_proved(quest: Quest, trials: Sequence[Trial]) -> bool:
    """Whether nothing more can be learned: the highest rate allowed held for long, or the generator never kept up."""
    steady = [t for t in trials if t.kind is TrialKind.TRIAL]
    tired = sum(_is_tired(t) for t in steady)
    top = ceiling(quest, trials)
    proved = [t for t in present(trials) if t.held and t.planned_seconds >= 0.9 * quest.long_seconds]
    return tired > _TOO_OFTEN or any(t.visitors_per_second >= 0.95 * top for t in proved)


def _rate(quest: Quest, trials: Sequence[Trial], belief: Belief) -> float:
    now = present(trials)
    held = max((t.visitors_per_second for t in now if t.held), default=0.0)
    missed = [t for t in now if t.missed]
    quantile = _BRACKETED_QUANTILE if is_bracketed(quest, trials) else 0.5
    if collapses(trials):
        quantile = _COLLAPSING_QUANTILE
    elif belief.width < WIDE and not is_bracketed(quest, trials):
        proof = [t for t in now if t.planned_seconds >= 0.9 * quest.long_seconds]
        if not any(t.held for t in proof):
            quantile = 0.3
        elif not any(t.missed for t in proof):
            quantile = 0.75
    rate = after_streak(belief.quantile(quantile), now)
    if not held and not missed and _is_tired(trials[0]):
        # The generator gave way first: what it can send for long is less than what it rose to.
        rate = min(rate, _EASY * anchor(trials))
    if held or not missed:
        # What the first look saw is no guide to a site that has changed since.
        rate = min(rate, _STEP_UP * max(held, anchor(trials) if belief.moved_at is None else 0.0))
    else:
        # What got through while it was overloaded is about what it holds.
        least = min(t.visitors_per_second for t in missed)
        rate = _STEP_DOWN * min(least, max(rate / _STEP_DOWN, missed[-1].served_per_second))
    return max(min(rate, ceiling(quest, trials)), 0.2)


def _just_above(belief: Belief, present: Sequence[Trial]) -> float:
    held = max(t.visitors_per_second for t in present if t.held)
    return min(_JUST_ABOVE * belief.quantile(0.975), _STEP_UP * held)


def _seconds(quest: Quest, trials: Sequence[Trial], belief: Belief, rate: float) -> float:
    longest = quest.long_seconds - quest.settle_seconds
    if collapses(trials):
        # A crowd tips it over by chance, sooner or later: only long trials tell much, once one has.
        return longest if any(t.missed for t in present(trials)) else min(MIDDLE, longest)
    if belief.width < NARROW:
        return longest
    least = SHORT if belief.width > WIDE else MIDDLE
    return min(max(least, _FEWEST / rate), longest)
