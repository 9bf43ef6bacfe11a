"""What a forecast was drawn from, figure by figure: declared by the campaign, published, or learned from own past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from spikekit.campaign.model import Channel
from spikekit.forecast.calibration import PUBLISHED_ONLY, Belief, PastResult, believed
from spikekit.forecast.drawing import uses_audience
from spikekit.forecast.forecast import Drawn, Forecast, overlap_factor
from spikekit.forecast.priors import (
    DROP_RUSH,
    GATHERING,
    PRIORS,
    QUALITY,
    RELOADING,
    REQUESTS_PER_LANDING,
    Figure,
    Prior,
    Tag,
)
from spikekit.forecast.reaction import own_curves
from spikekit.forecast.requests import believed_per_landing
from spikekit.site.model import Site
from spikekit.vocabulary import P95_Z, ChannelKind, Range
from spikekit.wording import plural


class Origin(StrEnum):
    """Where a figure of a forecast comes from."""

    DECLARED = "declared"
    PUBLISHED = "published"
    LEARNED = "learned"
    MEASURED = "measured"


class Unit(StrEnum):
    """What a figure counts."""

    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    NUMBER = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """One figure as it was used. ``source`` and ``tag`` (R read, C computed, I judged) where it was not declared.

    ``range`` is ``None`` for what is drawn as a whole, such as the kernel of a post.
    """

    name: str
    range: Range | None
    unit: Unit
    origin: Origin
    source: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A channel, or what the whole campaign shares (``label`` is then "all channels"), with its figures."""

    label: str
    kind: ChannelKind | None
    figures: tuple[Used, ...]


KERNELS = "waves of reaction fitted to retweet cascades, drawn as a whole"


def explained(forecast: Forecast | Drawn, site: Site | None) -> tuple[Explained, ...]:
    """Every figure of the forecast's channels, in their order, then what they share."""
    campaign = forecast.campaign
    factor = overlap_factor(campaign)
    channels = [
        Explained(label=c.label, kind=c.kind, figures=tuple(_of_channel(c, forecast.past, factor)))
        for c in campaign.channels
    ]
    return (*channels, Explained(label="all channels", kind=None, figures=tuple(_shared(forecast, site))))


def _of_channel(channel: Channel, past: tuple[PastResult, ...], factor: float) -> Iterator[Used]:
    prior = PRIORS[channel.kind]
    yield from _size(channel, prior, past)
    if factor != 1 and uses_audience(channel):
        yield _declared("counted once, of these", Range.exact(factor), Unit.SHARE)
    yield from _reaction(channel, prior, past)
    yield from _timing(channel, prior)
    if prior.bots is not None and prior.bots_seconds is not None:
        yield _published("machines, of the clicks", prior.bots, Unit.SHARE)
        yield _published("machines' delay", prior.bots_seconds, Unit.SECONDS)


def _size(channel: Channel, prior: Prior, past: tuple[PastResult, ...]) -> Iterator[Used]:
    if channel.kind is ChannelKind.PAST:
        yield _declared("times last time's traffic", channel.scale or Range.exact(1.0), Unit.NUMBER)
    elif channel.clicks is not None:
        yield _declared("clicks", channel.clicks, Unit.COUNT)
    elif channel.audience is None and prior.clicks is not None:
        yield _believed("clicks", prior.clicks, Unit.COUNT, channel, past)
    elif channel.audience is not None:
        yield _declared(f"audience, {prior.audience}", channel.audience, Unit.COUNT)
        if channel.click_rate is not None:
            yield _declared("click rate", channel.click_rate, Unit.SHARE)
        elif prior.click_rate is not None:
            yield _believed("click rate", prior.click_rate, Unit.SHARE, channel, past)


def _believed(name: str, figure: Figure, unit: Unit, channel: Channel, past: tuple[PastResult, ...]) -> Used:
    """The published range, or what own results made of it."""
    count = len({(r.campaign, r.date) for r in past})
    return _learned(name, figure, unit, believed(channel, past), f"your own past ({plural(count, 'campaign')})")


def _learned(name: str, figure: Figure, unit: Unit, belief: Belief, from_what: str) -> Used:
    if belief == PUBLISHED_ONLY:
        return _published(name, figure, unit)
    low, likely, high = (figure.range.at(belief.mean + belief.sd * z) for z in (-P95_Z, 0.0, P95_Z))
    source = f"{from_what}, beginning from {figure.source}"
    return Used(
        name=name, range=Range(low=low, likely=likely, high=high), unit=unit, origin=Origin.LEARNED, source=source
    )


def _reaction(channel: Channel, prior: Prior, past: tuple[PastResult, ...]) -> Iterator[Used]:
    curves = len(own_curves(channel, past))
    if channel.response is not None:
        yield _declared("median reaction", channel.response.median_seconds, Unit.SECONDS)
        yield _declared("its sigma", channel.response.sigma, Unit.NUMBER)
    elif prior.median_seconds is not None and prior.sigma is not None:
        yield _moved(_published("median reaction", prior.median_seconds, Unit.SECONDS), curves)
        yield _moved(_published("its sigma", prior.sigma, Unit.NUMBER), curves)
    elif channel.kind is ChannelKind.DROP:
        yield _published("rush, of the reload interval", DROP_RUSH, Unit.SHARE)
    elif channel.kind in (ChannelKind.CELEBRITY_POST, ChannelKind.BRAND_POST):
        kernels = Used(
            name="reaction", range=None, unit=Unit.SECONDS, origin=Origin.PUBLISHED, source=KERNELS, tag=Tag.COMPUTED
        )
        yield _moved(kernels, curves)


def _moved(figure: Used, curves: int) -> Used:
    """A figure of the reaction, where own curves of past campaigns weighed its draws anew; its range is the prior's."""
    if not curves:
        return figure
    source = f"drawn like your own past ({plural(curves, 'curve')}) or like what is published: {figure.source}"
    return replace(figure, origin=Origin.LEARNED, source=source, tag="")


def _timing(channel: Channel, prior: Prior) -> Iterator[Used]:
    if channel.within_seconds:
        yield _declared("earlier or later by up to", Range.exact(channel.within_seconds), Unit.SECONDS)
    if channel.deliver_over_seconds:
        yield _declared("shown over", Range.exact(channel.deliver_over_seconds), Unit.SECONDS)
    elif channel.send_over_seconds:
        yield _declared("sent over", Range.exact(channel.send_over_seconds), Unit.SECONDS)
    elif prior.deliver_over_seconds:
        usual = Range.exact(prior.deliver_over_seconds)
        yield Used(
            name="shown over", range=usual, unit=Unit.SECONDS, origin=Origin.PUBLISHED, source="the usual day", tag="I"
        )
    if channel.kind is ChannelKind.DROP:
        for name, seconds, usually in (
            ("gathers before", channel.arrive_before_seconds, GATHERING),
            ("reloads every", channel.reload_every_seconds, RELOADING),
        ):
            yield (
                _published(name, usually, Unit.SECONDS)
                if seconds is None
                else _declared(name, Range.exact(seconds), Unit.SECONDS)
            )


def _shared(forecast: Forecast | Drawn, site: Site | None) -> Iterator[Used]:
    known = {j.name: j for j in site.journeys} if site else {}
    names = {name for channel in forecast.campaign.channels for name, _ in channel.journey}
    described = [known[n] for n in names if n in known and known[n].steps]
    bare = all(s.assets != "auto" for j in described for s in j.steps)
    if len(described) < len(names) or not bare:
        belief, logs = believed_per_landing(forecast.past), "the access logs of your own past"
        used = _learned("requests a landing", forecast.landing, Unit.NUMBER, belief, logs)
        yield used if forecast.landing == REQUESTS_PER_LANDING else replace(used, origin=Origin.MEASURED)
    if len(forecast.campaign.channels) > 1:
        yield _published("click rates' correlation", QUALITY, Unit.NUMBER)


def _declared(name: str, figures: Range, unit: Unit) -> Used:
    return Used(name=name, range=figures, unit=unit, origin=Origin.DECLARED)


def _published(name: str, figure: Figure, unit: Unit) -> Used:
    return Used(
        name=name,
        range=figure.range,
        unit=unit,
        origin=Origin.PUBLISHED,
        source=figure.source,
        tag=figure.tag.value,
    )
