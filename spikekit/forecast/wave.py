"""One wave of one channel in every draw: how many come, from when, in what shape."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from spikekit.forecast.normal import Floats
from spikekit.forecast.shape import Index, Shape


class Role(StrEnum):
    """Who a wave's visitors are."""

    PEOPLE = "people"
    BOTS = "bots"
    RELOADS = "reloads"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """``volume`` visitors and the ``start`` (seconds after the launch) in each draw.

    ``channel`` is the channel's place in the campaign; ``requests_per_visitor`` has one entry a draw too.
    """

    channel: int
    role: Role
    shape: Shape
    start: Floats
    volume: Floats
    requests_per_visitor: Floats

    def cumulative(self, at: Floats) -> Floats:
        """Visitors by each instant (seconds after the launch); the last axis of ``at`` is draws or of length 1."""
        return self.volume * self.shape.cumulative(at - self.start)

    def between(self, start: Floats, length: float) -> Floats:
        """Visitors in the ``length`` seconds after ``start``."""
        t = start - self.start
        return self.volume * (self.shape.cumulative(t + length) - self.shape.cumulative(t))

    def crest(self, length: float) -> Floats:
        """Where this wave's own busiest ``length`` seconds begin."""
        return self.start + self.shape.crest(length, len(self.start))

    @property
    def brings_visitors(self) -> bool:
        """Whether its arrivals are visitors: reloads are requests of people who are counted when they come."""
        return self.role is not Role.RELOADS

    def take(self, index: Index) -> Wave:
        """The wave in some draws only."""
        return Wave(
            channel=self.channel,
            role=self.role,
            shape=self.shape.take(index),
            start=self.start[index],
            volume=self.volume[index],
            requests_per_visitor=self.requests_per_visitor[index],
        )

    def one(self, draw: int) -> Wave:
        """The wave in one draw."""
        return self.take(slice(draw, draw + 1))


def cumulative(waves: tuple[Wave, ...], at: Floats) -> Floats:
    """Visitors of all waves by each instant."""
    return np.sum([w.cumulative(at) for w in waves], axis=0)  # type: ignore[no-any-return]
