"""Everything that is drawn for a forecast, by name, so that what moves the result can be told afterwards.

Every channel has its own random stream, seeded by the run's seed, the campaign's id and the channel's label: adding,
dropping or moving a channel leaves the draws of the others as they were, and equal seeds give equal forecasts. What is
a matter of the site (requests per landing) is drawn from the seed alone. So forecasts of several campaigns with one
seed are joint draws already: draw by draw they share the site, and nothing else.
"""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from spikekit.campaign.model import Campaign
from spikekit.forecast.normal import Floats, spread
from spikekit.forecast.priors import QUALITY_CORRELATION
from spikekit.vocabulary import Range


class Driver(StrEnum):
    """What may move a peak, in words for people."""

    CLICK_RATE = "click rate"
    AUDIENCE = "audience"
    REACTION = "reaction speed"
    TIMING = "timing"
    BOTS = "automated clicks"
    REQUESTS = "requests per visitor"
    REST = "their interplay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One drawn quantity: ``deviates`` has a row per feature and an entry per draw."""

    driver: Driver
    deviates: Floats


@dataclass(slots=True, kw_only=True)
class Luck:
    """The random stream of one channel (or of the whole campaign), which notes what it drew."""

    rng: np.random.Generator
    draws: int
    drawn: list[Input] = field(default_factory=list)

    def spread(self, quantity: Range, driver: Driver, *, mean: float = 0.0, sd: float = 1.0) -> Floats:
        """``quantity`` in each draw. An exact one takes its deviates too, so that those after it stay the same.

        ``mean`` and ``sd``: what the past says of it, in standard deviations of ``quantity``.
        """
        return spread(quantity, mean + sd * self.deviates(driver, noted=not quantity.is_exact))

    def deviates(self, driver: Driver, *, noted: bool) -> Floats:
        """Standard-normal deviates, noted as an input of ``driver``."""
        z = self.rng.standard_normal(self.draws)
        if noted:
            self.drawn.append(Input(driver=driver, deviates=z[np.newaxis]))
        return z

    def rate(self, quantity: Range, quality: Floats, *, mean: float = 0.0, sd: float = 1.0) -> Floats:
        """A click rate (or number of clicks) in each draw, correlated with the campaign's shared ``quality``.

        ``mean`` and ``sd``: what the past says of it, in standard deviations of ``quantity``.
        """
        own = self.rng.standard_normal(self.draws)
        z = np.sqrt(QUALITY_CORRELATION) * quality + np.sqrt(1 - QUALITY_CORRELATION) * own
        if not quantity.is_exact:
            self.drawn.append(Input(driver=Driver.CLICK_RATE, deviates=np.stack([quality, own])))
        return spread(quantity, mean + sd * z)

    def shift(self, within: float) -> Floats:
        """Seconds earlier or later, evenly within ``within`` either way."""
        part = self.rng.uniform(-1.0, 1.0, self.draws)
        if within > 0:
            self.drawn.append(Input(driver=Driver.TIMING, deviates=part[np.newaxis]))
        return within * part


@dataclass(frozen=True, slots=True, kw_only=True)
class Lucks:
    """The random streams of a forecast: the site's, the campaign's own, and one for each channel in order."""

    site: Luck
    campaign: Luck
    channels: tuple[Luck, ...]


def lucks(campaign: Campaign, seed: int, draws: int) -> Lucks:
    """The streams of ``campaign``; only the site's is the same for another campaign with the same seed."""

    def luck(*names: int) -> Luck:
        return Luck(rng=np.random.default_rng([seed, *names]), draws=draws)

    own = _number(campaign.id)
    seen: Counter[str] = Counter()
    channels = []
    for channel in campaign.channels:
        channels.append(luck(own, _number(channel.label), seen[channel.label]))
        seen[channel.label] += 1
    return Lucks(site=luck(), campaign=luck(own), channels=tuple(channels))


def _number(name: str) -> int:
    return zlib.crc32(name.encode())
