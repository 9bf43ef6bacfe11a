"""What an overload costs: minutes over capacity, visitors lost, their value; and how long a waiting room makes wait.

A fluid queue over cells of time. Above capacity visitors queue: the backlog grows by what is too much, and nobody waits
longer than patience. A site that sheds or rate-limits has no queue: what is too much is lost.

Who waits ``d`` seconds leaves with the chance below. Bounce relative to an answer after 1 s: ×1.32 at 3 s, 1.90 at 5 s,
2.06 at 6 s, 2.23 at 10 s (Google/SOASTA 2017). These are correlational: slow sites differ in more than their speed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spikekit.campaign.model import Value
from spikekit.capacity.behaviour import Behaviour
from spikekit.forecast.normal import Floats
from spikekit.readiness.course import Course, course_of
from spikekit.readiness.situation import Situation

SOURCE = "bounce by waiting time: Google/SOASTA 2017, correlational"
_WAITS = (1.0, 3.0, 5.0, 6.0, 10.0)
_BOUNCE_FACTORS = (1.0, 1.32, 1.90, 2.06, 2.23)

BOUNCE_AT_ONE_SECOND = 0.4
"""Share of visitors who leave a campaign's landing page at once even when it is fast (judgement)."""

_NOTHING = 1e-12
_OVERFLOWING = (Behaviour.SHEDS, Behaviour.RATE_LIMITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """One entry a draw: ``minutes`` over capacity in the campaign's hours, ``visitors`` of the campaign lost.

    ``longest_wait_seconds`` is the longest that anyone queues.
    """

    minutes: Floats
    visitors: Floats
    longest_wait_seconds: Floats


def losses(situation: Situation, *, behaviour: Behaviour, patience_seconds: float) -> Losses:
    """What happens to the visitors of each draw, the i-th draw of the demand meeting the i-th of the capacity."""
    course = course_of(situation)
    draws = course.everyone.shape[1]
    minutes, lost, backlog, longest = (np.zeros(draws) for _ in range(4))
    for k, length in enumerate(course.lengths):
        load, capacity, people = course.load[k], course.capacity[k], course.people[k]
        minutes += (load > capacity) * length / 60
        if behaviour in _OVERFLOWING:
            lost += people * np.clip(1 - capacity / np.maximum(load, _NOTHING), 0.0, 1.0)
            continue
        before = backlog
        whole = before + (load - capacity) * length
        backlog = np.clip(whole, 0.0, capacity * patience_seconds)
        turned_away = np.clip((whole - backlog) / np.maximum(load * length, _NOTHING), 0.0, 1.0)
        wait = (before + backlog) / 2 / capacity
        longest = np.maximum(longest, backlog / capacity)
        lost += people * (turned_away + (1 - turned_away) * left_waiting(wait, patience_seconds))
    return Losses(minutes=minutes, visitors=lost, longest_wait_seconds=longest)


def left_waiting(wait: Floats, patience_seconds: float) -> Floats:
    """The share of visitors who leave beyond those whom a fast page loses too; all when patience has ended."""
    shares = [BOUNCE_AT_ONE_SECOND * (f - 1) for f in _BOUNCE_FACTORS]
    end = max(patience_seconds, _WAITS[-1] + 1)
    return np.interp(wait, [*_WAITS, end], [*shares, 1.0])


def value_of(lost: Losses, value: Value | None) -> dict[str, float | str] | None:
    """What the lost visitors would have brought: ``amount`` at their median, ``p90`` one time in ten."""
    if value is None:
        return None
    worth = value.conversion_rate.likely * value.amount
    p50, p90 = (float(q) * worth for q in np.quantile(lost.visitors, (0.5, 0.9)))
    return {
        "amount": round(p50, 2),
        "p90": round(p90, 2),
        "mean": round(float(lost.visitors.mean()) * worth, 2),
        "currency": value.currency,
        "basis": SOURCE,
    }


def longest_wait(course: Course, room: float) -> Floats:
    """Seconds that the last in the queue of a waiting room waits, which lets ``room`` visitors/s in; per draw."""
    backlog = np.zeros(course.everyone.shape[1])
    longest = np.zeros_like(backlog)
    for count, length in zip(course.everyone, course.lengths, strict=True):
        backlog = np.maximum(backlog + count - room * length, 0.0)
        longest = np.maximum(longest, backlog / room)
    return longest
