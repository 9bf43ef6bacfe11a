"""What is usual for each of many counts, and how surprising what comes now is.

Counts come in steps of equal length, one row a step and one column a key. A key's level follows its counts, each moved
by at most three standard deviations, so that a spike hardly raises it; it is compared with sums over several windows,

    D = 2 [x ln(x/μ) − (x + k) ln((x + k)/(μ + k))]        z = √D  where x > μ

the deviance of a negative binomial, whose dispersion 1/k is learned for each window from what was usual. Half hours of
the days that came before count, too: what comes every evening is no surprise, and a quiet half hour of a count that is
now quiet and now busy is not taken for how things are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

REMEMBERS_SECONDS = 1_800.0
"""What is usual now is what was usual in the last half hour, roughly."""

LEAST_STEPS = 6
"""Steps that must have been seen before anything can be a surprise."""

CLIP = 3.0
OUTLIER = 2.5
"""Squares of deviations beyond so many variances are not learned from: a burst is not how things usually scatter."""
LEAST_LEVEL = 0.05
UNSEEN = 18.0
"""Requests of three visits: what may come of a source or page of which nothing came yet."""
FIRST_DISPERSION = 0.3
MOST_DISPERSION = 1.0
"""1/k before anything was learned (a spread of a half about the level), and at most."""

SLOTS = 48
"""Half hours of a day."""
SLOT_SECONDS = 1_800
DAYS = 2
"""What was busy at the same half hour on so many days is usual then: one burst yesterday does not excuse another."""
KNOWN_SLOTS = 40
"""Half hours that must be known before one can say what is usual of a whole day."""
REACH = 3.0
"""A quiet half hour is believed to be so many typical steps from one half hour to the next below the usual (chosen on
half of a load balancer's trace; anything from 2 on does: ``docs/design/live.md``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surprise:
    """One entry a key: the largest ``z`` over the windows, and of that window the count, what was usual, its steps."""

    z: Floats
    count: Floats
    usual: Floats
    steps: NDArray[np.intp]


class Baselines:
    """``windows`` are in steps, ascending. Keys are columns, added as they appear; before that they counted nothing."""

    def __init__(self, step_seconds: int, windows: Sequence[int]) -> None:
        self.step, self.windows = step_seconds, tuple(windows)
        self.keys = 0
        self.steps_seen = 0
        self._recent = np.zeros((max(windows), 0))
        self._level = np.zeros(0)
        self._dispersion = np.zeros((len(windows), 0))
        self._profile = np.zeros((DAYS, SLOTS, 0))
        self._ordinary = np.zeros(0)
        self._swing = np.ones(0)
        self._days = np.zeros(SLOTS)
        self._slot: int | None = None
        self._slot_sum = np.zeros(0)
        self._slot_steps = 0

    def grow(self, keys: int, *, level: float = 0.0) -> None:
        """So many keys there are now; ``level`` was usual of the new ones."""
        more = keys - self.keys
        if more > 0:
            self._recent = np.pad(self._recent, ((0, 0), (0, more)), constant_values=level)
            self._profile = np.pad(self._profile, ((0, 0), (0, 0), (0, more)))
            self._ordinary = np.pad(self._ordinary, (0, more))
            self._swing = np.pad(self._swing, (0, more), constant_values=1.0)
            self._dispersion = np.pad(self._dispersion, ((0, 0), (0, more)), constant_values=FIRST_DISPERSION)
            self._level = np.pad(self._level, (0, more), constant_values=level)
            self._slot_sum = np.pad(self._slot_sum, (0, more))
            self.keys = keys

    def step_on(self, began: int, counts: Floats, frozen: NDArray[np.bool_]) -> Surprise:
        """The next step, begun at ``began`` (seconds since 1970), and how surprising it is.

        Keys that are ``frozen`` learn nothing from it: a spike is not usual.
        """
        usual = self._usual(began)
        self._recent = np.vstack([self._recent[1:], counts])
        sums = np.stack([self._recent[-w:].sum(axis=0) for w in self.windows])
        lengths = np.array(self.windows, dtype=np.float64)[:, np.newaxis]
        z = deviates(sums, lengths * usual, 1 / self._dispersion)
        z[(lengths[:, 0] > self.steps_seen) | (self.steps_seen < LEAST_STEPS)] = 0.0
        best = z.argmax(axis=0)
        here = np.arange(self.keys)
        self._learn(began, sums, usual, ~frozen)
        return Surprise(
            z=z[best, here],
            count=sums[best, here],
            usual=(lengths * usual)[best, here],
            steps=np.array(self.windows)[best],
        )

    def sums(self, steps: int) -> Floats:
        """Each key's count in the last ``steps``."""
        result: Floats = self._recent[-steps:].sum(axis=0)
        return result

    def recent(self, key: int) -> Floats:
        """A key's counts, the latest last."""
        result: Floats = self._recent[:, key]
        return result

    def level(self, key: int) -> float:
        """What is usual of a key in one step."""
        return float(self._level[key])

    def adopt(self, key: int) -> None:
        """What came to a key lately is usual from now on."""
        self._level[key] = self._recent[:, key].mean()

    def _usual(self, began: int) -> Floats:
        slot = began % 86_400 // SLOT_SECONDS
        level = np.maximum(self._level, LEAST_LEVEL)
        # Of what was never seen in n steps, three visits in n steps are still likely (the rule of three).
        usual = level + UNSEEN / max(self.steps_seen, 1)
        usual = np.maximum(usual, np.minimum(self._ordinary, level * self._swing))
        for near in (slot, (slot + 1) % SLOTS):
            if self._days[near] >= DAYS:
                usual = np.maximum(usual, self._profile[:, near].min(axis=0))
        return usual

    def _learn(self, began: int, sums: Floats, usual: Floats, calm: NDArray[np.bool_]) -> None:
        """Level from the step that leaves the shorter windows: a spike's first minute is not in it."""
        self.steps_seen += 1
        lag = self.windows[-2]
        if self.steps_seen <= lag + LEAST_STEPS:
            # So short a time ago began the log that there is nothing to be compared with.
            self._level = np.where(calm, self._recent[-self.steps_seen :].mean(axis=0), self._level)
        else:
            share = 1 - np.exp(-self.step / REMEMBERS_SECONDS)
            level = np.maximum(self._level, LEAST_LEVEL)
            reach = CLIP * np.sqrt(level + self._dispersion[0] * level**2) + 1
            moved = np.clip(self._recent[-lag], level - reach, level + reach)
            self._level = np.where(calm, self._level + share * (moved - self._level), self._level)
        pace = np.where(calm, max(1 - np.exp(-self.step / REMEMBERS_SECONDS), 1 / self.steps_seen), 0.0)
        for row, window in enumerate(self.windows):
            if self.steps_seen >= max(window, LEAST_STEPS):
                mean = window * usual
                excess = np.clip(((sums[row] - mean) ** 2 - mean) / mean**2, 0.0, MOST_DISPERSION)
                excess = np.where(excess < OUTLIER * (self._dispersion[row] + 1 / mean), excess, self._dispersion[row])
                self._dispersion[row] += pace / max(1, window / 3) * (excess - self._dispersion[row])
        self._dispersion = np.maximum(self._dispersion, 0.01)
        self._fill_slot(began)

    def _fill_slot(self, began: int) -> None:
        slot = began % 86_400 // SLOT_SECONDS
        if self._slot is not None and slot != self._slot and self._slot_steps * self.step >= SLOT_SECONDS / 2:
            self._profile[1:, self._slot] = self._profile[:-1, self._slot]
            self._profile[0, self._slot] = self._slot_sum / self._slot_steps
            self._days[self._slot] += 1
            self._weigh_day()
        if slot != self._slot:
            self._slot, self._slot_sum, self._slot_steps = slot, np.zeros(self.keys), 0
        self._slot_sum = self._slot_sum + self._recent[-1]
        self._slot_steps += 1

    def _weigh_day(self) -> None:
        """What is usual of a day's half hours, and how many times more the next may be than one of them."""
        day = self._profile[0, self._days > 0]
        if len(day) >= KNOWN_SLOTS:
            # One more in each half hour: of what hardly ever comes, nothing and one are much the same.
            steps = np.abs(np.diff(np.log(day * SLOT_SECONDS / self.step + 1), axis=0))
            self._ordinary, self._swing = np.median(day, axis=0), np.exp(REACH * np.median(steps, axis=0))

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs, as plain JSON values."""
        return {
            "steps_seen": self.steps_seen,
            "recent": self._recent.tolist(),
            "level": self._level.tolist(),
            "dispersion": self._dispersion.tolist(),
            "profile": self._profile.tolist(),
            "days": self._days.tolist(),
            "slot": self._slot,
            "slot_sum": self._slot_sum.tolist(),
            "slot_steps": self._slot_steps,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        self._level = np.array(state["level"], dtype=np.float64)
        self.keys = len(self._level)
        self._recent, self._dispersion, self._profile = (
            np.array(state[name], dtype=np.float64) for name in ("recent", "dispersion", "profile")
        )
        self._days, self._slot_sum = np.array(state["days"]), np.array(state["slot_sum"], dtype=np.float64)
        self.steps_seen, self._slot, self._slot_steps = state["steps_seen"], state["slot"], state["slot_steps"]
        self._ordinary, self._swing = np.zeros(self.keys), np.ones(self.keys)
        self._weigh_day()


def deviates(count: Floats, mean: Floats, k: Floats) -> Floats:
    """How many standard deviations a count is above its mean, by the deviance of a negative binomial; 0 below."""
    x = np.maximum(count, mean)
    deviance = 2 * (x * np.log(x / mean) - (x + k) * np.log((x + k) / (mean + k)))
    result: Floats = np.sqrt(np.maximum(deviance, 0.0))
    return result
