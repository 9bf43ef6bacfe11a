"""A load profile: who comes when, as streams of visitors whose rates add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spikekit.campaign.model import JourneyMix
from spikekit.forecast.priors import REQUESTS_PER_LANDING
from spikekit.profile.curve import Floats, RateCurve
from spikekit.vocabulary import PEAK_SECONDS, ChannelKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Visitors of one origin: a channel of the campaign, bots, or normal traffic.

    ``origin`` names it in reports (a channel's label, ``bots``, ``normal``); ``utm`` goes into the landing URL;
    ``referrer`` is the page they come from, where it is known; else the ``kind`` of their channel says what is usual
    (``None``: no channel at all).
    """

    origin: str
    curve: RateCurve
    landing: str
    journey: JourneyMix
    utm: tuple[tuple[str, str], ...] = ()
    referrer: str | None = None
    kind: ChannelKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is sent to a target: independent Poisson streams over one common duration.

    ``quantile`` is where the chosen draw's peak stands among all draws' peaks (None for a plain load);
    ``window_start_seconds`` where the window begins relative to the launch. ``page_requests`` are those that a page is
    taken to cost with all it needs, before anybody looks.
    """

    streams: tuple[Stream, ...]
    duration_seconds: float
    quantile: float | None = None
    window_start_seconds: float | None = None
    page_requests: float = float(REQUESTS_PER_LANDING.range.likely)

    @property
    def total(self) -> float:
        """Expected visitors over the whole profile."""
        return sum(s.curve.total for s in self.streams)

    def rate(self, at: Floats | float) -> Floats:
        """Visitors/s at each instant, all streams together."""
        t = np.asarray(at, dtype=np.float64)
        return sum((s.curve.rate(t) for s in self.streams), start=np.zeros_like(t))

    @property
    def peak(self) -> float:
        """The largest total rate at any knot of any stream, visitors/s (exact for piecewise-linear streams)."""
        knots = np.unique(np.concatenate([np.asarray(s.curve.times) for s in self.streams]))
        # A step's height just before it counts too.
        before = np.nextafter(knots[1:], 0.0)
        return float(self.rate(np.concatenate([knots, before])).max())

    def busiest(self, seconds: float = PEAK_SECONDS) -> float:
        """The largest mean rate over ``seconds`` (visitors/s), among windows that begin or end at a knot.

        Exact where the rate runs in steps. A profile shorter than that is its own window.
        """
        length = min(seconds, self.duration_seconds)
        knots = np.unique(np.concatenate([np.asarray(s.curve.times) for s in self.streams]))
        starts = np.clip(np.concatenate((knots, knots - length)), 0.0, self.duration_seconds - length)
        gained = sum(
            (s.curve.area(starts + length) - s.curve.area(starts) for s in self.streams), np.zeros_like(starts)
        )
        return float(gained.max()) / length
