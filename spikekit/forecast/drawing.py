"""One channel of a campaign → its waves in every draw. What the campaign declares replaces the prior of its kind."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from spikekit.campaign.model import Channel
from spikekit.errors import UsageError
from spikekit.forecast.bank import KERNEL_SECONDS, Bank
from spikekit.forecast.calibration import PUBLISHED_ONLY, Belief, PastResult
from spikekit.forecast.inputs import Driver, Input, Luck
from spikekit.forecast.normal import Floats, spread
from spikekit.forecast.priors import (
    BOT_SIGMA,
    DEFAULT_ARRIVE_BEFORE_SECONDS,
    DEFAULT_RELOAD_SECONDS,
    DROP_RUSH,
    DROP_RUSH_SIGMA,
    PRIORS,
    RELOAD_REQUESTS,
    Figure,
    Prior,
)
from spikekit.forecast.reaction import WEIGHED_DRAWS, Cumulative, learned, log_likelihood, resampled
from spikekit.forecast.shape import Lognormal, Past, Ramp, Shape
from spikekit.forecast.wave import Role, Wave
from spikekit.vocabulary import ChannelKind, Range

Reaction = tuple[Lognormal, Floats | float]
"""A lognormal and the share of the channel's people who follow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What the channels of one campaign share while they are drawn.

    ``audience_factor`` takes away those whom another channel reaches too; ``requests_per_visitor`` is per draw;
    ``belief`` is what the past says of the channel's click rate, ``curves`` are past results that say how fast.
    """

    index: int
    luck: Luck
    quality: Floats
    bank: Bank
    audience_factor: float
    requests_per_visitor: Floats
    belief: Belief = PUBLISHED_ONLY
    curves: tuple[PastResult, ...] = ()

    def wave(self, role: Role, shape: Shape, start: Floats, volume: Floats) -> Wave:
        machine = np.full_like(volume, RELOAD_REQUESTS)
        return Wave(
            channel=self.index,
            role=role,
            shape=shape,
            start=start,
            volume=volume,
            requests_per_visitor=self.requests_per_visitor if role is Role.PEOPLE else machine,
        )


def waves_of(channel: Channel, drawing: Drawing) -> list[Wave]:
    """The channel's waves: people, and machines or reloads apart.

    Raises ``UsageError`` for a channel whose kind needs a figure that it does not give.
    """
    start = channel.at_seconds + drawing.luck.shift(channel.within_seconds)
    if channel.kind is ChannelKind.PAST:
        return [_past(channel, drawing, start)]
    clicks = _clicks(channel, PRIORS[channel.kind], drawing)
    if channel.kind is ChannelKind.DROP:
        return _drop(channel, drawing, start, clicks)
    bots = _bots(channel, drawing, start, clicks)
    people = clicks - bots.volume if bots else clicks
    waves = [drawing.wave(Role.PEOPLE, shape, start, people * share) for shape, share in _reactions(channel, drawing)]
    return [*waves, bots] if bots else waves


def uses_audience(channel: Channel) -> bool:
    """Whether the channel's size is its audience times a rate (so that overlap with others matters)."""
    return channel.clicks is None and channel.audience is not None and channel.kind is not ChannelKind.PAST


def _clicks(channel: Channel, prior: Prior, drawing: Drawing) -> Floats:
    """All clicks on the channel's link in each draw."""
    luck, belief = drawing.luck, drawing.belief
    absolute = channel.clicks or (prior.clicks.range if prior.clicks and channel.audience is None else None)
    if absolute is not None:
        return luck.rate(absolute, drawing.quality, mean=belief.mean, sd=belief.sd)
    if channel.audience is None:
        raise _missing(channel, "audience", f"how many {prior.audience} it reaches, or clicks")
    rate = channel.click_rate or (prior.click_rate.range if prior.click_rate else None)
    if rate is None:
        raise _missing(channel, "click_rate", "the share of the audience that clicks, or clicks")
    audience = luck.spread(channel.audience, Driver.AUDIENCE) * drawing.audience_factor
    return audience * np.minimum(luck.rate(rate, drawing.quality, mean=belief.mean, sd=belief.sd), 1.0)


def _reactions(channel: Channel, drawing: Drawing) -> list[Reaction]:
    prior, window = PRIORS[channel.kind], _window(channel)
    if channel.response is not None:
        return [(_lognormal(drawing, prior, channel.response.median_seconds, channel.response.sigma, window), 1.0)]
    if prior.median_seconds is not None and prior.sigma is not None:
        return [(_lognormal(drawing, prior, prior.median_seconds.range, prior.sigma.range, window), 1.0)]
    if channel.kind is ChannelKind.CUSTOM:
        raise _missing(channel, "response", "how fast people react: {median: 2h, sigma: 1.4}")
    return _kernel(drawing, window)


def _kernel(drawing: Drawing, window: float) -> list[Reaction]:
    rows = learned(drawing.bank, drawing.curves).draw(drawing.luck.rng, drawing.luck.draws)
    drawing.luck.drawn.append(Input(driver=Driver.REACTION, deviates=rows.figures()))
    waves = [Lognormal(median=m, sigma=s, window=window) for m, s in zip(rows.medians, rows.sigmas, strict=True)]
    # The kernels describe seven days: what their tails put beyond is not seen, so the clicks are those of that time.
    week = np.array([KERNEL_SECONDS])
    whole = np.sum([weight * wave.reacted(week) for weight, wave in zip(rows.weights, waves, strict=True)], axis=0)
    return [(wave, weight / whole) for weight, wave in zip(rows.weights, waves, strict=True)]


def _lognormal(drawing: Drawing, prior: Prior, median: Range, sigma: Range, window: float) -> Lognormal:
    luck = drawing.luck
    deviates = [luck.deviates(Driver.REACTION, noted=False) for _ in (median, sigma)]
    shape = Lognormal(median=spread(median, deviates[0]), sigma=spread(sigma, deviates[1]), window=window)
    if drawing.curves:
        some = shape.take(slice(0, WEIGHED_DRAWS))
        known = [log_likelihood(past, _came(some, prior, past.window_seconds)) for past in drawing.curves]
        chosen = resampled(luck.rng, np.stack(known), luck.draws)
        shape, deviates = shape.take(chosen), [z[chosen] for z in deviates]
    for quantity, z in zip((median, sigma), deviates, strict=True):
        if not quantity.is_exact:
            luck.drawn.append(Input(driver=Driver.REACTION, deviates=z[np.newaxis]))
    return shape


def _came(shape: Lognormal, prior: Prior, window: float) -> Cumulative:
    """The share of a past campaign's visitors that came by then: people in this shape, and the machines before them."""
    people = replace(shape, window=window)
    if prior.bots is None or prior.bots_seconds is None:
        return people.cumulative
    machines = prior.bots.range.likely
    median = np.array([prior.bots_seconds.range.likely])
    bots = Lognormal(median=median, sigma=np.array([BOT_SIGMA]), window=window)
    return lambda t: (1 - machines) * people.cumulative(t) + machines * bots.cumulative(t)


def _window(channel: Channel) -> float:
    """Seconds over which the message goes out, or the ads are shown."""
    paced = channel.deliver_over_seconds
    return paced or channel.send_over_seconds or PRIORS[channel.kind].deliver_over_seconds or 0.0


def _bots(channel: Channel, drawing: Drawing, start: Floats, clicks: Floats) -> Wave | None:
    """Mail scanners and link previews: a share of the clicks, within seconds of each message."""
    prior = PRIORS[channel.kind]
    if prior.bots is None or prior.bots_seconds is None:
        return None
    luck = drawing.luck
    share = np.minimum(luck.spread(prior.bots.range, Driver.BOTS), 0.9)
    median = luck.spread(prior.bots_seconds.range, Driver.BOTS)
    shape = Lognormal(median=median, sigma=np.full(luck.draws, BOT_SIGMA), window=_window(channel))
    return drawing.wave(Role.BOTS, shape, start, clicks * share)


def _drop(channel: Channel, drawing: Drawing, start: Floats, crowd: Floats) -> list[Wave]:
    """A crowd gathers evenly, reloads while it waits, and rushes in at the minute.

    With ``n`` people gathering over ``a`` seconds and reloading every ``r``, n·t/a wait after t seconds and reload
    n·t/(a·r) times a second: a ramp of n·a/(2r) reloads.
    """
    gather = channel.arrive_before_seconds
    gather = DEFAULT_ARRIVE_BEFORE_SECONDS if gather is None else gather
    reload = channel.reload_every_seconds or DEFAULT_RELOAD_SECONDS
    rush = _rush(drawing.luck, DROP_RUSH, reload)
    waves = [drawing.wave(Role.PEOPLE, rush, start, crowd)]
    if gather > 0:
        reloads = crowd * gather / (2 * reload)
        waves.append(drawing.wave(Role.RELOADS, Ramp(length=gather), start - gather, reloads))
    return waves


def _rush(luck: Luck, rush: Figure, reload_seconds: float) -> Lognormal:
    median = luck.spread(rush.range.times(reload_seconds), Driver.REACTION)
    return Lognormal(median=median, sigma=np.full(luck.draws, DROP_RUSH_SIGMA))


def _past(channel: Channel, drawing: Drawing, start: Floats) -> Wave:
    if channel.curve is None:
        raise _missing(channel, "curve", "a CSV of time,visitors from last time")
    counts = np.asarray(channel.curve.visitors, dtype=np.float64)
    total = float(counts.sum())
    shares = np.concatenate(([0.0], np.cumsum(counts))) / (total or 1.0)
    shape = Past(edges=np.asarray(channel.curve.offset_seconds, dtype=np.float64), shares=shares)
    scale = drawing.luck.rate(channel.scale or Range.exact(1.0), drawing.quality)
    return drawing.wave(Role.PEOPLE, shape, start, total * scale)


def _missing(channel: Channel, key: str, meaning: str) -> UsageError:
    return UsageError(f'channel "{channel.label}" ({channel.kind}) needs {key}', hint=f"{key} is {meaning}")
