"""What is usual: of the last half hour, of this half hour on other days, and of a count that never is the same."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from spikekit.live.baselines import SLOT_SECONDS, SLOTS, Baselines, Surprise
from spikekit.live.detector import LEAST_DEVIATES, is_too_many

STEP = 300
DAY = SLOTS * SLOT_SECONDS // STEP
HOUR = DAY // 24
QUIET, BUSY, BURST = 40.0, 200.0, 400.0


def _surprises(counts: Sequence[float] | np.ndarray, baselines: Baselines | None = None) -> list[Surprise]:
    baselines = baselines or Baselines(STEP, (1, 2, 3, 6))
    baselines.grow(1)
    calm = np.array([False])
    return [baselines.step_on(i * STEP, np.array([count]), calm) for i, count in enumerate(counts)]


def _is_spike(counts: Sequence[float] | np.ndarray) -> bool:
    """Whether the last of the counts is a spike."""
    return bool(is_too_many(_surprises(counts)[-1], LEAST_DEVIATES)[0])


def _days(*bursts: bool, level: float = QUIET) -> np.ndarray:
    """Calm days, in the noon half hour of some a burst, and then half a day until a burst at noon."""
    days = np.full((len(bursts) + 1) * DAY - DAY // 2 + 1, level)
    for day, has_burst in enumerate(bursts):
        noon = day * DAY + DAY // 2
        days[noon : noon + HOUR // 2] = BURST if has_burst else level
    days[-1] = BURST
    return days


def test_a_burst_of_yesterday_does_not_excuse_the_one_of_today_but_one_on_each_of_two_days_does() -> None:
    assert _is_spike(_days(False, False))
    assert _is_spike(_days(False, True))
    assert not _is_spike(_days(True, True))


def test_a_quiet_half_hour_of_an_uneven_count_is_not_taken_for_how_things_are() -> None:
    uneven = np.repeat(np.random.default_rng(1).choice([QUIET, BUSY / 2, BUSY], 2 * SLOTS), HOUR // 2)
    # At this time of the day it was quiet on both days: it is not the clock that tells.
    uneven[: 3 * HOUR] = uneven[DAY : DAY + 3 * HOUR] = QUIET
    assert not _is_spike([*uneven, *np.full(2 * HOUR, QUIET), 6 * QUIET])
    # What is as low every night is believed to be, however busy the days: there the same is a spike.
    nightly = QUIET * (BUSY / QUIET) ** (np.sin(np.arange(2 * DAY) * np.pi / DAY) ** 2)
    assert _is_spike([*nightly, 6 * QUIET])


def test_baselines_go_on_from_their_state() -> None:
    rng = np.random.default_rng(2)
    counts = rng.poisson(QUIET, 2 * DAY).astype(float)
    whole, before, after = (Baselines(STEP, (1, 2, 3, 6)) for _ in range(3))
    _surprises(counts, before)
    after.restore(json.loads(json.dumps(before.state())))
    _surprises(counts, whole)
    assert after.state() == before.state()
    at, calm = 2 * DAY * STEP, np.array([False])
    assert after.step_on(at, np.array([BURST]), calm) == whole.step_on(at, np.array([BURST]), calm)
