"""The search as a state machine: trials so far → the next one, or the end. Pure, so that it can be met in virtual time.

In the manner of MLRsearch (RFC 9971): a quick look from idle, then short trials while much is unknown and long ones
where it matters, until a rate that held and one that did not agree on the answer, or the budget is spent. Where to try
next follows from a posterior, as PLRsearch does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spikekit.capacity.belief import Belief
from spikekit.capacity.change import after_streak, is_stale
from spikekit.capacity.reading import anchor, belief_of, collapses, present
from spikekit.capacity.trial import DOUBLING_SECONDS, Move, Trial, TrialKind, look_seconds

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

_STEP_UP, _STEP_UP_WHERE_IT_BROKE = 1.6, 1.12
"""Never so many times more than what held, or was seen to get through: unless it plainly grew, little more."""

_STEP_DOWN = 0.85
"""While nothing has held, plainly less than what did not."""

_EASY = 0.5
_BELOW = 0.3
"""The quantile of the belief to try once something is known. Most trials then hold: about half as long is spent above
the capacity as at the median, and nearly as much is learned.
"""

_FIRST_COLLAPSING = 0.8
"""Of what the look saw get through: where to begin with what collapses."""

TIPPING_SECONDS, _TIPS_CHANCE = 20.0, 0.5
"""What collapses is tried where it lives so long in every second case: where it lives for an hour, a trial of half a
minute tells nothing.
"""

COLLAPSING_WIDTH, _FEWEST_TIPPED, _MOST_TIPPED = 0.18, 2, 5
"""Where the search of what collapses ends: nobody wants it knocked over once more for a few per cent."""

_JUST_ABOVE = 1.04
"""So many times what is surely enough to fail, an old miss is asked again."""

_TOO_OFTEN = 3


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
    if _is_sure(quest, trials, belief) and not asks_again:
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


def _is_sure(quest: Quest, trials: Sequence[Trial], belief: Belief) -> bool:
    """Whether enough is known: of what tips over by chance less can be, and it is not knocked over for the rest."""
    if not collapses(trials):
        return belief.width <= quest.width and is_bracketed(quest, trials)
    now = present(trials)
    tipped = sum(t.missed for t in now)
    enough = tipped >= _MOST_TIPPED or (tipped >= _FEWEST_TIPPED and belief.width <= COLLAPSING_WIDTH)
    return enough and any(t.held for t in now)


def spent(trials: Sequence[Trial]) -> float:
    """Seconds since the search began."""
    return trials[-1].offset_seconds + trials[-1].took_seconds if trials else 0.0


def is_bracketed(quest: Quest, trials: Sequence[Trial]) -> bool:
    """Whether a long trial held, and one did not, however short: no trial flatters by missing."""
    proof = [t for t in present(trials) if t.planned_seconds >= 0.9 * quest.long_seconds]
    return any(t.held for t in proof) and any(t.missed for t in present(trials))


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
    if collapses(trials):
        return _tipping_rate(quest, trials, belief)
    quantile = 0.5 if belief.width > WIDE else _BELOW
    rate = after_streak(belief.quantile(quantile), now)
    if not held and not missed and _is_tired(trials[0]):
        # The generator gave way first: what it can send for long is less than what it rose to.
        rate = min(rate, _EASY * anchor(trials))
    if held or not missed:
        # What the first look saw is no guide to a site that has changed since.
        rate = min(rate, _step_up(trials, held) * max(held, anchor(trials) if belief.moved_at is None else 0.0))
    else:
        # What got through while it was overloaded is about what it holds.
        least = min(t.visitors_per_second for t in missed)
        rate = _STEP_DOWN * min(least, max(rate / _STEP_DOWN, missed[-1].served_per_second))
    return max(min(rate, ceiling(quest, trials)), 0.2)


def _just_above(belief: Belief, present: Sequence[Trial]) -> float:
    held = max(t.visitors_per_second for t in present if t.held)
    return min(_JUST_ABOVE * belief.quantile(0.975), _STEP_UP * held)


def _step_up(trials: Sequence[Trial], held: float) -> float:
    """How many times what held, or got through, may be tried: little more, until it holds more than broke the look."""
    return _STEP_UP if not trials[0].missed or held > trials[0].visitors_per_second else _STEP_UP_WHERE_IT_BROKE


def _tipping_rate(quest: Quest, trials: Sequence[Trial], belief: Belief) -> float:
    """Where a trial tips it over as likely as not: below nothing would be learned, above it always falls."""
    now = present(trials)
    held = max((t.visitors_per_second for t in now if t.held), default=0.0)
    rate = belief.rate_that_misses(_TIPS_CHANCE, _seconds(quest, trials, belief, 1.0))
    if not any(t.missed for t in now):
        rate = min(rate, _STEP_UP_WHERE_IT_BROKE * max(held, _FIRST_COLLAPSING * anchor(trials)))
    elif not held:
        rate = min(rate, _STEP_DOWN * min(t.visitors_per_second for t in now if t.missed))
    return max(min(rate, ceiling(quest, trials)), 0.2)


def _seconds(quest: Quest, trials: Sequence[Trial], belief: Belief, rate: float) -> float:
    longest = quest.long_seconds - quest.settle_seconds
    if collapses(trials):
        # A crowd tips it over by chance, sooner or later: only longer trials tell much, once one has.
        return min(TIPPING_SECONDS if any(t.missed for t in present(trials)) else MIDDLE, longest)
    if belief.width < NARROW:
        return longest
    least = SHORT if belief.width > WIDE else MIDDLE
    return min(max(least, _FEWEST / rate), longest)
