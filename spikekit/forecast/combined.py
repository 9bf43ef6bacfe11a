"""Several campaigns on one clock, as joint draws: in each draw the site gets the sum of what each brings.

Forecasts drawn with one seed and as many draws are joint (``forecast.inputs``): draw ``i`` of one goes with draw ``i``
of the other. So campaigns are added draw by draw, and quantiles are taken of the sums, never sums of quantiles.
Of the others no figures are needed: ``forecast.drawn`` draws them in a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from spikekit.campaign.model import Campaign, Channel
from spikekit.forecast.bank import KERNEL_SECONDS
from spikekit.forecast.forecast import Drawn, Forecast
from spikekit.forecast.priors import DEFAULT_ARRIVE_BEFORE_SECONDS, PRIORS
from spikekit.forecast.wave import Wave
from spikekit.vocabulary import ChannelKind, Status

Traffic = Drawn | Forecast
"""A campaign's draws, with or without their figures."""


def neighbours(campaign: Campaign, campaigns: Iterable[Campaign]) -> tuple[Campaign, ...]:
    """The other confirmed campaigns whose visitors may come in the same hours; the same id is the same campaign."""
    first, last = extent(campaign)
    found = []
    for other in campaigns:
        begin, end = extent(other)
        if other.status is Status.CONFIRMED and other.id != campaign.id and begin < last and first < end:
            found.append(other)
    return tuple(found)


def beside(own: Traffic, others: Iterable[Traffic]) -> tuple[Wave, ...]:
    """The waves of other campaigns in seconds after ``own``'s launch, to be added to ``own.waves`` draw by draw.

    Raises ``ValueError`` for a forecast of another seed or of another number of draws: it is not joint with ``own``.
    """
    return tuple(wave for other in others for wave in _joint(own, other))


def on_clock(forecast: Traffic, origin: datetime) -> tuple[Wave, ...]:
    """The forecast's waves in seconds after ``origin`` (timezone-aware) instead of after its own launch."""
    # Instants are compared in UTC: within one zone Python subtracts the hands of the clock, which jump twice a year.
    later = (forecast.campaign.launch.astimezone(UTC) - origin.astimezone(UTC)).total_seconds()
    return tuple(replace(wave, start=wave.start + later) for wave in forecast.waves)


def extent(campaign: Campaign) -> tuple[datetime, datetime]:
    """From the first instant at which a visitor may come to the last at which there are more than a handful, in UTC."""
    launch = campaign.launch.astimezone(UTC)
    begin = min((c.at_seconds - c.within_seconds - _gathering(c) for c in campaign.channels), default=0.0)
    end = max((c.at_seconds + c.within_seconds + _lasting(c) for c in campaign.channels), default=0.0)
    return launch + timedelta(seconds=begin), launch + timedelta(seconds=end)


def _joint(own: Traffic, other: Traffic) -> tuple[Wave, ...]:
    if (other.seed, other.draws) != (own.seed, own.draws):
        raise ValueError(f'"{other.campaign.id}" was drawn with another seed or number of draws')
    return on_clock(other, own.campaign.launch)


def _gathering(channel: Channel) -> float:
    if channel.kind is not ChannelKind.DROP:
        return 0.0
    declared = channel.arrive_before_seconds
    return DEFAULT_ARRIVE_BEFORE_SECONDS if declared is None else declared


def _lasting(channel: Channel) -> float:
    """Seconds from the start to the end: the sending, and the week that kernels describe."""
    if channel.curve is not None:
        return channel.curve.offset_seconds[-1]
    paced = channel.deliver_over_seconds or PRIORS[channel.kind].deliver_over_seconds or 0.0
    return max(paced, channel.send_over_seconds) + KERNEL_SECONDS
