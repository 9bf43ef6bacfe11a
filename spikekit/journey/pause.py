"""Think times: how long the person who recorded looked at a page before going on."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from spikekit.journey.walk import Stop

LONGEST_SECONDS = 180.0
"""Longer pauses are the recorder's own: a telephone call, a look at the notes."""

SCRIPT_SECONDS = 1.0
"""A call that follows sooner than this was made by a script, not by a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The pause before a stop: what is proposed, and what was recorded where that differs much."""

    seconds: float
    cut_from: float | None = None


def pauses(stops: Sequence[Stop]) -> list[Pause]:
    """The pause before each stop. Stops of one shape share the median of theirs; the first has none."""
    gaps = [_gap(before, stop) for before, stop in pairwise(stops)]
    alike: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for stop, gap in zip(stops[1:], gaps, strict=True):
        alike[_shape(stop)].append(min(gap, LONGEST_SECONDS))
    return [Pause(seconds=0.0)][: len(stops)] + [
        Pause(seconds=rounded(median(alike[_shape(stop)])), cut_from=gap if gap > LONGEST_SECONDS else None)
        for stop, gap in zip(stops[1:], gaps, strict=True)
    ]


def rounded(seconds: float) -> float:
    """With no more digits than one recording deserves: tenths below 1 s, whole seconds below 10 s, then 5, then 15."""
    if seconds < 0.25:
        return 0.0
    if seconds < 1:
        return round(seconds, 1)
    grain = 1 if seconds < 10 else 5 if seconds < 60 else 15
    return float(round(seconds / grain) * grain)


def written(seconds: float) -> str:
    """A duration as ``site.yaml`` has it: ``500ms``, ``8s``, ``1m30s``."""
    if seconds < 1:
        return f"{seconds * 1000:.0f}ms"
    minutes, rest = divmod(round(seconds), 60)
    return (f"{minutes}m" if minutes else "") + (f"{rest}s" if rest or not minutes else "")


def _gap(before: Stop, stop: Stop) -> float:
    started, ended = stop.asked.started, before.answered.ended
    if started is None or ended is None:
        return 0.0
    loaded = before.answered.loaded or before.asked.loaded
    if loaded is not None and ended < loaded <= started:
        # Whoever waits for the pictures is not thinking yet.
        ended = loaded
    gap = max(0.0, started - ended)
    return 0.0 if not stop.is_page and gap < SCRIPT_SECONDS else gap


def _shape(stop: Stop) -> tuple[str, str]:
    return stop.asked.method, re.sub(r"\d+", "0", stop.asked.url.path)
