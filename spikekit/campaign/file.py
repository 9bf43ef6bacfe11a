"""A campaign file → a campaign: what the file says becomes what the program thinks, or every problem at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from spikekit.campaign.declared import ApprovalFile, CampaignFile, ChannelFile
from spikekit.campaign.model import (
    LANDING_JOURNEY,
    Approval,
    Campaign,
    Channel,
    JourneyMix,
    PastCurve,
    Response,
    Value,
)
from spikekit.campaign.past import past_curve
from spikekit.errors import FileProblems, Problem
from spikekit.files.echo import quoted, suggestion
from spikekit.files.instant import LocalTime, resolve
from spikekit.files.parse import parse_file
from spikekit.files.quantity import MAX_SECONDS
from spikekit.files.schema import sure
from spikekit.files.tree import Node, Place, Reading, Scalar
from spikekit.files.value import IDENTIFIER
from spikekit.vocabulary import ChannelKind


class Named(Protocol):
    """Anything with a name."""

    @property
    def name(self) -> str: ...


class KnowsJourneys(Protocol):
    """A site, as far as a campaign needs it; ``site.model.Site`` is one."""

    @property
    def journeys(self) -> Sequence[Named]: ...


def load_campaign(path: Path, site: KnowsJourneys | None = None) -> Campaign:
    """The campaign in a file. With a site at hand its journeys must exist there.

    Raises ``FileProblems`` with every problem of the file and of the tables it names.
    """
    journeys = None if site is None else [j.name for j in site.journeys]
    campaign, problems = read_campaign(path, journeys)
    if campaign is None:
        raise FileProblems(problems)
    return campaign


def read_campaign(path: Path, journeys: Iterable[str] | None) -> tuple[Campaign | None, list[Problem]]:
    """The campaign, or ``None`` and all its problems. ``journeys`` are the site's; ``None`` where no site is known."""
    node, reading = parse_file(path)
    if node is None:
        return None, reading.sorted()
    campaign = campaign_from(node, reading, path, journeys)
    return campaign, reading.sorted()


def campaign_from(node: Node, reading: Reading, path: Path, journeys: Iterable[str] | None) -> Campaign | None:
    """The campaign of an already parsed file; problems go to ``reading``."""
    said = CampaignFile.read(Place(node, "", reading))
    if said is None:
        return None
    launch = _launch(said)
    starts = [_start(channel, launch) for channel in said.channels]
    curves = [_curve(channel, reading) for channel in said.channels]
    name = _id(said, path)
    if journeys is not None:
        known = sorted({*journeys, LANDING_JOURNEY})
        _journeys_exist(said, known)
        for channel in said.channels:
            _journeys_exist(channel, known)
    _names_differ(said.channels)
    if reading.problems:
        return None
    parts = zip(said.channels, _labels(said.channels), starts, curves, strict=True)
    channels = tuple(_channel(c, label, sure(start), curve, said) for c, label, start, curve in parts)
    return _campaign(said, sure(name), sure(launch), channels, path)


def _launch(said: CampaignFile) -> datetime | None:
    written = said.launch
    if written is None:
        return None
    if said.timezone is None:
        if said.place.has("timezone"):
            return None
        if written.offset is None:
            said.place.at("timezone").refuse(
                "expected a time zone such as Europe/London, or an offset in launch, found neither"
            )
            return None
        return resolve(written, ZoneInfo("UTC"))
    return _resolved(written, said.timezone, said.place.at("launch"))


def _resolved(written: LocalTime, where: ZoneInfo, place: Place) -> datetime | None:
    try:
        return resolve(written, where)
    except ValueError as error:
        place.refuse(str(error))
        return None


def _start(channel: ChannelFile, launch: datetime | None) -> float | None:
    """Seconds after the launch; an hour the clocks skip or repeat in between is neither lost nor gained.

    A channel with a zone of its own starts when its clocks say what is written: the time ``at``, or the launch's time
    of day, and a duration ``at`` after that.
    """
    if not isinstance(channel.at, LocalTime) and (channel.timezone is None or launch is None):
        return channel.at
    if launch is None:
        return None
    if isinstance(channel.at, LocalTime):
        return _since(launch, channel.at, channel, "at")
    there = _since(launch, LocalTime(launch.replace(tzinfo=None)), channel, "timezone")
    return None if there is None else there + (channel.at or 0.0)


def _since(launch: datetime, written: LocalTime, channel: ChannelFile, key: str) -> float | None:
    """Seconds from the launch to a time on the channel's clocks; problems are those of ``key``."""
    place = channel.place.at(key)
    zone = channel.timezone or launch.tzinfo
    start = _resolved(written, zone, place) if isinstance(zone, ZoneInfo) else None
    if start is None:
        return None
    seconds = (start.astimezone(UTC) - launch.astimezone(UTC)).total_seconds()
    if abs(seconds) > MAX_SECONDS:
        place.refuse(f"{written.words} is more than a year from the launch")
    return seconds


def _curve(channel: ChannelFile, reading: Reading) -> PastCurve | None:
    if channel.curve is None or channel.kind is not ChannelKind.PAST:
        return None
    return past_curve(channel.curve, reading)


def _id(said: CampaignFile, path: Path) -> str | None:
    if said.place.has("id"):
        return said.id
    stem = path.name.split(".")[0]
    try:
        return IDENTIFIER.parse(stem)
    except ValueError as note:
        hint = str(note).removeprefix("did you mean ").removesuffix("?") or "my-campaign"
        said.place.at("id").refuse(f"the file's name {quoted(stem)} cannot be an id; add a key such as id: {hint}")
        return None


def _journeys_exist(record: CampaignFile | ChannelFile, known: list[str]) -> None:
    place = record.place.at("journey")
    for name, _ in record.journey or ():
        if name not in known:
            spot = place if isinstance(place.node, Scalar) else place.at_key(name)
            spot.refuse(f"{quoted(name)} is not a journey of the site{suggestion(name, known)}")


def _names_differ(channels: Iterable[ChannelFile]) -> None:
    seen: set[str] = set()
    for channel in channels:
        if channel.name in seen:
            channel.place.at("name").refuse(f"{quoted(channel.name or '')} is another channel's name already")
        elif channel.name is not None:
            seen.add(channel.name)


def _labels(channels: Sequence[ChannelFile]) -> list[str]:
    """What reports call each channel: its name, else its kind, account and zone, numbered where that is not enough."""
    labels: list[str] = []
    taken = {c.name for c in channels}
    for channel in channels:
        words = sure(channel.kind).value.replace("_", " ")
        where = f" in {_city(channel.timezone)}" if channel.timezone else ""
        first = channel.name or f"{words} {channel.account or ''}".rstrip() + where
        label, count = first, 2
        while channel.name is None and (label in taken or label in labels):
            label, count = f"{first} ({count})", count + 1
        labels.append(label)
    return labels


def _city(zone: ZoneInfo) -> str:
    """``New York`` of ``America/New_York``."""
    return zone.key.rpartition("/")[2].replace("_", " ")


def _channel(said: ChannelFile, label: str, start: float, curve: PastCurve | None, campaign: CampaignFile) -> Channel:
    return Channel(
        label=label,
        kind=sure(said.kind),
        landing=said.landing or sure(campaign.landing),
        journey=said.journey or campaign.journey or _landing_only(),
        audience=said.audience,
        clicks=said.clicks,
        click_rate=said.click_rate,
        response=_response(said),
        account=said.account,
        at_seconds=start,
        within_seconds=said.within,
        send_over_seconds=said.send_over,
        deliver_over_seconds=said.deliver_over,
        arrive_before_seconds=said.arrive_before,
        reload_every_seconds=said.reload_every,
        curve=curve,
        scale=said.scale,
    )


def _response(said: ChannelFile) -> Response | None:
    if said.response is None:
        return None
    return Response(median_seconds=sure(said.response.median), sigma=sure(said.response.sigma))


def _landing_only() -> JourneyMix:
    return ((LANDING_JOURNEY, 1.0),)


def _campaign(said: CampaignFile, name: str, launch: datetime, channels: tuple[Channel, ...], path: Path) -> Campaign:
    return Campaign(
        id=name,
        name=sure(said.name),
        status=said.status,
        launch=launch,
        timezone=str(launch.tzinfo),
        landing=sure(said.landing),
        journey=said.journey or _landing_only(),
        channels=channels,
        overlap=said.overlap,
        owner=said.owner,
        utm=said.utm.given() if said.utm else (),
        value=_value(said),
        contacts=said.contacts.given() if said.contacts else (),
        approvals=tuple(_approval(a) for a in said.approvals),
        notes=said.notes,
        path=path,
    )


def _value(said: CampaignFile) -> Value | None:
    if said.value is None:
        return None
    amount, currency = sure(said.value.per_conversion)
    return Value(conversion_rate=sure(said.value.conversion_rate), amount=amount, currency=currency)


def _approval(said: ApprovalFile) -> Approval:
    return Approval(by=sure(said.by), role=sure(said.role), at=sure(said.at), note=said.note, content=said.content)
