"""When visitors arrive: an inhomogeneous Poisson process by time rescaling, drawn lane by lane.

Unit-rate Poisson instants pushed through the inverse of a rate's integral are Poisson at that rate (Cinlar 1975;
Daley and Vere-Jones, *Point Processes*, 7.4). A lane takes one share of every stream; its arrivals follow from the
run's seed, the stream's place and the lane's number alone, so that any process can draw them, and any can know them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from spikekit.profile.curve import Floats, RateCurve

_BLOCK = 2048


def lane_arrivals(curve: RateCurve, *, seed: int, stream: int, lane: int, lanes: int, even: bool) -> Iterator[Floats]:
    """The instants (seconds, ascending) at which one lane's visitors of one stream arrive, block by block.

    ``even`` spaces the arrivals of all lanes together equally in the integral instead of at random.
    """
    share = curve.total / lanes
    if even:
        # The i-th arrival of all lanes goes to lane i mod lanes, half a place in: N(t) = round(area(t)).
        places = (np.arange(np.ceil(max(curve.total - lane - 0.5, 0) / lanes)) * lanes + lane + 0.5) / lanes
        for start in range(0, len(places), _BLOCK):
            yield curve.instant(places[start : start + _BLOCK] * lanes)
        return
    rng = np.random.default_rng([seed, stream, lane])
    reached = 0.0
    while reached < share:
        areas = reached + np.cumsum(rng.standard_exponential(_BLOCK if share > _BLOCK else max(int(share * 1.3), 16)))
        reached = float(areas[-1])
        inside = areas[areas < share]
        if len(inside):
            yield curve.instant(inside * lanes)


class LaneSchedule:
    """The arrivals of one lane over all streams, handed out in order of time.

    ``take(until)`` gives the instants before ``until`` not taken yet, and the stream of each.
    """

    def __init__(self, curves: tuple[RateCurve, ...], *, seed: int, lane: int, lanes: int, even: bool = False) -> None:
        self._sources = [
            lane_arrivals(curve, seed=seed, stream=i, lane=lane, lanes=lanes, even=even)
            for i, curve in enumerate(curves)
        ]
        self._waiting: list[Floats] = [np.empty(0) for _ in curves]
        self._ended = [False] * len(curves)

    def take(self, until: float) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.int64]]]:
        """Instants (seconds) before ``until``, unsorted across streams, with each one's stream number."""
        instants, streams = [], []
        for i in range(len(self._sources)):
            due = self._take_stream(i, until)
            instants.append(due)
            streams.append(np.full(len(due), i, np.int64))
        return np.concatenate(instants), np.concatenate(streams)

    def _take_stream(self, i: int, until: float) -> Floats:
        parts = [self._waiting[i]]
        while not self._ended[i] and (not len(parts[-1]) or parts[-1][-1] < until):
            block = next(self._sources[i], None)
            if block is None:
                self._ended[i] = True
            else:
                parts.append(block)
        waiting = np.concatenate(parts) if len(parts) > 1 else parts[0]
        cut = int(np.searchsorted(waiting, until, side="left"))
        self._waiting[i] = waiting[cut:]
        return waiting[:cut]


def planned_by_second(
    curves: tuple[RateCurve, ...], *, seed: int, lanes: int, until: float, even: bool = False
) -> dict[int, int]:
    """How many arrivals all lanes together draw in each second before ``until``: known without running anything."""
    instants = np.concatenate(
        [LaneSchedule(curves, seed=seed, lane=lane, lanes=lanes, even=even).take(until)[0] for lane in range(lanes)]
    )
    seconds, counts = np.unique(np.floor(instants).astype(np.int64), return_counts=True)
    return dict(zip(seconds.tolist(), counts.tolist(), strict=True))
