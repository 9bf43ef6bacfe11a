"""How a site fails, read from the trials that it did not hold; and whether it stayed the same site meanwhile."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from spikekit.capacity.reading import anchor, belief_of, believed, collapses, drift, factor_between, present
from spikekit.capacity.trial import LimitedBy, Trial, TrialKind

_COLDER = 1.2
"""A look that saw so many times less than held later met another site than the trials did."""

_SLOWER = 1.3
"""Between trials an idle page should take as long as ever: so many times longer is wear, so many times less warmth."""

_PLAINLY_SLOWER_SECONDS = 0.01
"""Of a page that takes a few milliseconds, a network and a busy machine make half as much again."""

MOVED = 1.06
"""By so much at least it has to have moved: less is within what one trial tells from the next."""

_MOST_OF_THE_WORK = 0.5


class Behaviour(StrEnum):
    """What happens past the capacity."""

    QUEUES = "queues"
    SHEDS = "sheds"
    COLLAPSES = "collapses"
    RATE_LIMITS = "rate_limits"
    SCALES_OUT = "scales_out"
    DEGRADES = "degrades"
    UNKNOWN = "unknown"


def behaviour_of(trials: Sequence[Trial]) -> Behaviour:
    """Changes come first: a site that grows or wears out is not described by how it fails at one moment."""
    if degrades(trials):
        return Behaviour.DEGRADES
    if scales_out(trials):
        return Behaviour.SCALES_OUT
    missed = [t for t in present(trials) if t.missed] or [t for t in trials if t.missed]
    kinds = Counter(t.limited_by for t in missed if t.limited_by is not None)
    if not kinds:
        return Behaviour.UNKNOWN
    kind = kinds.most_common(1)[0][0]
    if kind is LimitedBy.RATE_LIMIT:
        return Behaviour.RATE_LIMITS
    if collapses(trials):
        return Behaviour.COLLAPSES
    return Behaviour.SHEDS if kind is LimitedBy.ERRORS else Behaviour.QUEUES


def was_cold(trials: Sequence[Trial]) -> bool:
    """Whether the look, from idle, saw plainly less get through than held later."""
    held = [t.visitors_per_second for t in present(trials) if t.held]
    if not held or not trials[0].missed:
        return False
    # What collapses gets less and less through: then the rate that broke it is what the look saw.
    seen = trials[0].visitors_per_second if collapses(trials) else anchor(trials)
    return max(held) > _COLDER * seen


def moved_by(trials: Sequence[Trial]) -> float | None:
    """By which factor the capacity moved while it was being searched, as far as trials show; None: it did not."""
    factors, now = [drift(trials)], belief_of(trials)
    if now.moved_at is not None:
        past = trials[: now.moved_at]
        factors.append(factor_between(believed(past, trials), now))
    return max((f for f in factors if f is not None), key=lambda f: abs(math.log(f)), default=None)


def scales_out(trials: Sequence[Trial]) -> bool:
    """Whether it took more the longer it was loaded, though a page alone takes as long as at first."""
    grew = (moved_by(trials) or 1.0) > MOVED or was_cold(trials)
    return grew and not _warmed(trials)


def degrades(trials: Sequence[Trial]) -> bool:
    """Whether it takes less and less, or an idle page ever longer."""
    rests = [t.rest_seconds for t in trials if t.rest_seconds]
    if len(rests) >= 4:
        half = len(rests) // 2
        if min(rests[half:]) > 1.05 * max(rests[: half - 1]) and _is_slower(rests[-1], min(rests)):
            return True
    return (moved_by(trials) or 1.0) < 1 / MOVED


def _warmed(trials: Sequence[Trial]) -> bool:
    """Whether a page alone was plainly slower at the very first: empty caches, not too few machines."""
    first = trials[0].p50_seconds if trials and trials[0].kind is TrialKind.LOOK else None
    rests = [t.rest_seconds for t in trials[1:] if t.rest_seconds]
    return bool(first and rests and _is_slower(first, min(rests)))


def _is_slower(seconds: float, usual: float) -> bool:
    return seconds > max(_SLOWER * usual, usual + _PLAINLY_SLOWER_SECONDS)


def bottleneck_of(trials: Sequence[Trial], pages: dict[str, float]) -> str | None:
    """The step that gives way first, or takes most of the work. ``pages``: of each step, one visitor asks for.

    Steps that share one queue all miss together; then the one on which most time is spent while nobody waits is named,
    if it is plainly the one.
    """
    if len(pages) == 1:
        return next(iter(pages)) if any(t.missed for t in trials) else None
    steps = Counter(t.step for t in trials if t.missed and t.step is not None)
    work = _work(trials, pages)
    if work and max(work.values()) >= _MOST_OF_THE_WORK * sum(work.values()):
        return max(work, key=lambda step: work[step])
    if steps and steps.most_common(1)[0][1] >= _MOST_OF_THE_WORK * steps.total():
        return steps.most_common(1)[0][0]
    return None


def _work(trials: Sequence[Trial], pages: dict[str, float]) -> dict[str, float]:
    """Seconds a visitor costs at each step, from the trial that felt its load the least."""
    easy = [t for t in trials if t.held and t.kind is TrialKind.TRIAL and t.step_p50_seconds]
    if not easy:
        return {}
    calm = min(easy, key=lambda t: t.visitors_per_second)
    return {step: calm.step_p50_seconds.get(step, 0.0) * count for step, count in pages.items()}
