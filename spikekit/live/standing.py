"""Where a campaign stands against its forecast: not begun, early, late, as forecast, far above or below."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from spikekit.forecast.forecast import Forecast
from spikekit.forecast.wave import cumulative
from spikekit.live.course import Course
from spikekit.wording import about, span

FAR = 0.98
"""One forecast in fifty is further off."""

DRAWS = 2_000
LEAST_EXPECTED = 20.0
"""With fewer visitors expected by now, nothing can be said yet."""
LEAST_EARLY = 50
NOTHING = 0.05
"""Less than a twentieth of what even a bad draw has brought by now is nothing."""


class State(StrEnum):
    """How it stands."""

    WAITING = "waiting"
    EARLY = "early"
    AS_FORECAST = "as_forecast"
    FAR_ABOVE = "far_above"
    FAR_BELOW = "far_below"
    MISSING = "missing"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``times`` is what came over what was likely by now; ``words`` say it as a part of a sentence."""

    state: State
    times: float | None
    words: str


def standing(forecast: Forecast, course: Course, now: int) -> Standing:
    """How the campaign stands at ``now`` (seconds since 1970)."""
    early = Standing(
        state=State.EARLY, times=None, words=f"it came early: {course.early:,} visitors before it was to begin"
    )
    if now < course.launch and course.early >= LEAST_EARLY:
        return early
    if now < course.launch:
        return Standing(state=State.WAITING, times=None, words=f"it begins in {span(course.launch - now)}")
    if course.seen_from is None:
        return Standing(state=State.WAITING, times=None, words="nothing was read yet, so nothing is known of it")
    waves = tuple(w.take(slice(0, DRAWS)) for w in forecast.waves if w.brings_visitors)
    came = float(sum(course.minutes)) + course.early
    # A watch that began late has seen a part, and is compared with that part.
    seen = np.array([float(max(course.seen_from - course.launch, 0)), float(now - course.launch)])
    before, by_now = cumulative(waves, seen[:, np.newaxis]) * np.array([[course.seen_from > course.launch], [True]])
    expected = by_now - before
    if float(np.median(expected)) < LEAST_EXPECTED:
        if float(np.median(before)) >= LEAST_EXPECTED:
            return Standing(state=State.OVER, times=None, words="most of it was over before the log begins")
        if course.early >= LEAST_EARLY:
            # Whoever came early is there, whatever the clock says of a beginning.
            return early
        return Standing(state=State.WAITING, times=None, words="it has hardly begun")
    return _compared(came, expected, now - course.launch)


def _compared(came: float, expected: np.ndarray, seconds: float) -> Standing:
    middle = float(np.median(expected))
    times = came / middle
    below = float(np.mean(expected < came))
    lowest = float(np.quantile(expected, 0.05))
    if came < NOTHING * lowest and lowest >= LEAST_EXPECTED:
        words = f"it has not come: {came:,.0f} visitors {span(seconds)} after the launch, {about(middle)} were likely"
        return Standing(state=State.MISSING, times=times, words=words)
    if below > FAR:
        return Standing(state=State.FAR_ABOVE, times=times, words=f"{times:.1f} times forecast, far above it")
    if below < 1 - FAR:
        words = f"{times:.0%} of forecast, far below it; late, or fewer than thought".replace("%", " %")
        return Standing(state=State.FAR_BELOW, times=times, words=words)
    return Standing(state=State.AS_FORECAST, times=times, words=f"{times:.1f} times forecast, within its doubt")
