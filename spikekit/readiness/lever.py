"""What could be changed: each lever turns a situation into another one, weaker or stronger; nothing is asserted.

Spreading and moving change when a channel's waves come, exactly as a forecast of the changed campaign would; caching
and a lighter page change what a visitor costs the servers; replicas what they take; a waiting room what reaches them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import takewhile

import numpy as np

from spikekit.campaign.model import Campaign
from spikekit.forecast.normal import Floats
from spikekit.forecast.shape import Lognormal
from spikekit.forecast.wave import Role
from spikekit.readiness.course import course_of
from spikekit.readiness.evidence import Evidence
from spikekit.readiness.loss import longest_wait
from spikekit.readiness.situation import Boost, Situation, Stream
from spikekit.readiness.unit import Unit
from spikekit.vocabulary import ChannelKind

MINUTE, QUARTER, HOUR = 60.0, 900.0, 3600.0


class Action(StrEnum):
    """What can be done; the order is that of how little it asks of people."""

    SPREAD = "spread_sends"
    MOVE_CHANNEL = "move_channel"
    CACHE = "cache_landing"
    LIGHTER = "lighter_page"
    MOVE_LAUNCH = "move_launch"
    REPLICAS = "more_replicas"
    ROOM = "waiting_room"
    TOGETHER = "together"


SENT = (ChannelKind.EMAIL, ChannelKind.PUSH, ChannelKind.SMS)
"""Kinds whose sending is in the sender's own hands."""

SPREADS = tuple(MINUTE * m for m in (10, 20, 30, 40, 60, 90, 120, 180, 240, 360, 480, 720))
DELAYS = tuple(MINUTE * m for m in (15, 30, 60, 120, 180, 240, 360, 720, 1440))
LAUNCH_SHIFTS = tuple(HOUR * h for h in (-1, 1, -2, 2, -3, 3, -6, 6, 12, 24))
CUTS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
FACTORS = (1.25, 1.5, 2.0, 2.5, 3.0, 4.0)
ROOM_RISKS = (0.5, 0.3, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.005)

CACHE_HIT = 0.95
"""Of the requests for a cached page so many never reach the origin (judgement): it expires, and is filled again."""

LEAD_SECONDS = QUARTER
"""Replicas are there so long before they are needed: they start, and fill their caches."""

LONGEST_WAIT_SECONDS = HOUR
"""Who waits longer than this, one time in ten, is lost: a waiting room is then no help (judgement)."""

_LEAST_LANDING_REQUESTS = 3.0
_CHANNELS = 2
"""So many channels, those that weigh most at the peak, are worth changing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """One thing that can be changed, in ``strengths`` from the least. ``grows``: more of it never helps less.

    ``channel`` is the channel's place where the lever is about one.
    """

    action: Action
    strengths: tuple[float, ...]
    apply: Callable[[Situation, float], Situation]
    grows: bool = True
    channel: int | None = None


def levers(
    situation: Situation, campaign: Campaign, unit: Unit, evidence: Evidence, replicas: int | None
) -> list[Lever]:
    """What can be changed about this campaign and this site."""
    found = [lever for index in _heaviest(situation) for lever in _of_channel(campaign, index)]
    if _landing_matters(evidence, unit):
        found += _of_page(campaign, unit)
    if not situation.normal.is_constant or len(situation.own) < len(situation.streams):
        found.append(Lever(action=Action.MOVE_LAUNCH, strengths=LAUNCH_SHIFTS, apply=launched_later, grows=False))
    found += [_more_replicas(situation, replicas), _waiting_room(situation)]
    return [lever for lever in found if lever.strengths]


def _heaviest(situation: Situation) -> list[int]:
    """The channels that bring most in the busiest ten seconds, by their place in the campaign."""
    weight: dict[int, float] = {}
    crest = np.stack([s.wave.crest(10.0) for s in situation.own])
    for at in crest:
        for stream in situation.own:
            share = float(stream.per_second(at).mean())
            weight[stream.wave.channel] = max(weight.get(stream.wave.channel, 0.0), share)
    return sorted(weight, key=lambda index: -weight[index])[: _CHANNELS + 1]


def _of_channel(campaign: Campaign, index: int) -> Iterator[Lever]:
    channel = campaign.channels[index]
    if channel.kind not in SENT:
        return
    now = channel.send_over_seconds
    longer = tuple(s for s in SPREADS if s > now)
    yield Lever(action=Action.SPREAD, strengths=longer, apply=lambda s, over: sent_over(s, index, over), channel=index)
    if len(campaign.channels) > 1:
        yield Lever(
            action=Action.MOVE_CHANNEL,
            strengths=DELAYS,
            apply=lambda s, later: channel_later(s, index, later),
            grows=False,
            channel=index,
        )


def sent_over(situation: Situation, index: int, seconds: float) -> Situation:
    """The same with one channel's messages sent over so many seconds."""

    def change(stream: Stream) -> Stream:
        shape = stream.wave.shape
        if stream.wave.channel != index or not isinstance(shape, Lognormal):
            return stream
        return replace(stream, wave=replace(stream.wave, shape=replace(shape, window=seconds)))

    return _with_own(situation, change)


def channel_later(situation: Situation, index: int, seconds: float) -> Situation:
    """The same with one channel so many seconds later."""

    def change(stream: Stream) -> Stream:
        if stream.wave.channel != index:
            return stream
        return replace(stream, wave=replace(stream.wave, start=stream.wave.start + seconds))

    return _with_own(situation, change)


def launched_later(situation: Situation, seconds: float) -> Situation:
    """The same with the whole campaign so many seconds later: everything else comes that much earlier to it."""
    streams = tuple(
        s if s.is_own else replace(s, wave=replace(s.wave, start=s.wave.start - seconds)) for s in situation.streams
    )
    return replace(situation, streams=streams, normal=situation.normal.moved(seconds))


def _landing_matters(evidence: Evidence, unit: Unit) -> bool:
    """Whether capacity ends at the landing page: where another step gives way first, that step is the cure."""
    if evidence.bottleneck is None:
        return True
    journey = unit.site.journey(evidence.journey) if unit.site else None
    return journey is None or not journey.steps or journey.steps[0].name in evidence.bottleneck


def _of_page(campaign: Campaign, unit: Unit) -> list[Lever]:
    landing = {i: unit.landing_requests(c.journey) for i, c in enumerate(campaign.channels)}

    def cached(s: Situation, hit: float) -> Situation:
        return _with_own(s, lambda stream: _costs_less(stream, landing[stream.wave.channel] / unit.requests * hit, hit))

    def lighter(s: Situation, cut: float) -> Situation:
        saved = {i: cut * np.maximum(requests - 1, 0.0) / unit.requests for i, requests in landing.items()}
        return _with_own(s, lambda stream: _costs_less(stream, saved[stream.wave.channel], 0.0))

    found = [Lever(action=Action.CACHE, strengths=(CACHE_HIT,), apply=cached)]
    if max(float(np.median(r)) for r in landing.values()) >= _LEAST_LANDING_REQUESTS:
        found.append(Lever(action=Action.LIGHTER, strengths=CUTS, apply=lighter))
    return found


def _costs_less(stream: Stream, saved: Floats, machines: float) -> Stream:
    """People cost ``saved`` measured visitors less; machines and reloads, which ask for the page alone, that share."""
    if stream.wave.role is Role.PEOPLE:
        return replace(stream, weight=np.maximum(stream.weight - saved, 0.0))
    return replace(stream, weight=stream.weight * (1 - machines))


def _more_replicas(situation: Situation, replicas: int | None) -> Lever:
    start, end = hours_of_need(situation)
    if replicas is None:
        strengths: tuple[float, ...] = FACTORS
    else:
        strengths = tuple(n / replicas for n in sorted({math.ceil(replicas * f) for f in FACTORS} - {replicas}))

    def scaled(s: Situation, factor: float) -> Situation:
        return replace(s, boost=Boost(factor=factor, start=start, end=end))

    return Lever(action=Action.REPLICAS, strengths=strengths, apply=scaled)


def hours_of_need(situation: Situation) -> tuple[float, float]:
    """From when to when more is needed, in whole quarters of an hour after the launch.

    All but one in fifty of the draws that ask for too much do so within; where none does, the hours of the peaks.
    """
    course = course_of(situation)
    over = course.load > course.capacity
    over[course.load.argmax(axis=0), np.arange(over.shape[1])] |= not over.any()
    fails = over.any(axis=0)
    ends = course.starts + course.lengths[:, np.newaxis]
    first = course.starts[over.argmax(axis=0), np.arange(over.shape[1])][fails]
    last = np.where(over, ends, -np.inf).max(axis=0)[fails]
    start, end = np.quantile(first, 0.02) - LEAD_SECONDS, np.quantile(last, 0.98)
    return float(np.floor(start / QUARTER) * QUARTER), float(np.ceil(end / QUARTER) * QUARTER)


def _waiting_room(situation: Situation) -> Lever:
    takes = np.minimum(situation.supply.warm, situation.supply.cold)
    first, last = situation.hours()
    steps = [first, *situation.normal.steps(first, last)]
    busiest = np.max([situation.normal_at(np.full_like(takes, t)) for t in steps], axis=0)
    rates = sorted({float(r) for r in np.quantile(takes - busiest, ROOM_RISKS) if r > 0}, reverse=True)
    course = course_of(situation)
    bearable = takewhile(lambda rate: np.quantile(longest_wait(course, rate), 0.9) <= LONGEST_WAIT_SECONDS, rates)

    def admitted(s: Situation, rate: float) -> Situation:
        return replace(s, room=rate)

    return Lever(action=Action.ROOM, strengths=tuple(bearable), apply=admitted)


def _with_own(situation: Situation, change: Callable[[Stream], Stream]) -> Situation:
    return replace(situation, streams=tuple(change(s) if s.is_own else s for s in situation.streams))
