"""What a run will send, told before it starts."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from spikekit.engine.visitor.pause import pause_seconds
from spikekit.profile.curve import RateCurve
from spikekit.profile.requests import path_of
from spikekit.site.model import Step
from spikekit.site.pause import pause_of
from spikekit.trial.asked import Asked, journey_named

_SAFE = ("GET", "HEAD")

_VISITS = 200
"""So many visits are drawn to see how many come as far as a step before the run ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Visitors, pages, requests (pages and their files) and bytes of pages to expect.

    ``requests_per_second`` is likely at the peak if all of a visit's requests came at once; visitors come at random, so
    single seconds may have more. ``side_effects`` counts the steps that may change something. ``unseen`` are the paths
    that nobody could look at: what they need is the prior's.
    """

    visitors: float
    pages: float
    requests: float
    requests_per_second: float
    page_bytes: float
    side_effects: tuple[tuple[str, float], ...]
    unseen: tuple[str, ...] = ()


def expectation(asked: Asked, page_bytes: float) -> Expectation:
    """What a run sends while it lasts, all going well: every page is taken to weigh what the landing page does."""
    changes: dict[str, float] = {}
    pages = requests = 0.0
    unseen: dict[str, None] = {}
    for stream in asked.profile.streams:
        for name, share in stream.journey:
            journey = journey_named(name, asked.site)
            visitors = stream.curve.total * share
            if journey.locust is not None:
                what = f"whatever journey {name} does in its own code"
                changes[what] = changes.get(what, 0.0) + visitors
            if not journey.steps:
                # Code of their own: a page each is all that can be said.
                pages, requests = pages + visitors, requests + visitors
            in_time = _in_time(stream.curve, journey.steps, asked.profile.duration_seconds, asked.seed)
            for (step, reach), came in zip(journey.reached(), in_time, strict=True):
                times = came * share * reach
                pages, requests = pages + times, requests + times * asked.pages.of_step(step, stream.landing)
                if step.assets == "auto" and (path := path_of(step, stream.landing)) not in asked.pages.seen:
                    unseen[path] = None
                if step.method not in _SAFE:
                    changes[step.name] = changes.get(step.name, 0.0) + times
    return Expectation(
        visitors=asked.profile.total,
        pages=pages,
        requests=requests,
        requests_per_second=asked.requests_per_second,
        page_bytes=page_bytes * pages,
        side_effects=tuple(changes.items()),
        unseen=tuple(unseen),
    )


def _in_time(curve: RateCurve, steps: Sequence[Step], seconds: float, seed: int) -> Iterator[float]:
    """How many visitors would come to each step before the run's end, if all went on: who reads then is sent home."""
    luck, latest = random.Random(seed), np.full(_VISITS, seconds)
    for number, step in enumerate(steps):
        pause = step.pause or pause_of(step.think_seconds)
        if number and pause is not None:
            latest = latest - [pause_seconds(pause, luck) for _ in range(_VISITS)]
        yield float(np.mean(curve.area(latest)))
