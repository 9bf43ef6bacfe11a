"""A campaign from a few words on a command line: one channel, no file."""

from __future__ import annotations

from datetime import datetime

from spikekit.campaign.model import LANDING_JOURNEY, Campaign, Channel
from spikekit.errors import UsageError
from spikekit.forecast.priors import PRIORS
from spikekit.vocabulary import ChannelKind, Range, Status


def campaign_of(
    kind: ChannelKind,
    audience: Range | float | None,
    *,
    launch: datetime,
    click_rate: Range | float | None = None,
    clicks: Range | float | None = None,
    send_over_seconds: float = 0.0,
    deliver_over_seconds: float | None = None,
    landing: str = "/",
) -> Campaign:
    """A confirmed campaign of one channel that lands on ``landing`` and stays there. ``launch`` is timezone-aware.

    Raises ``UsageError`` for the kinds that only a file can describe (``past``, ``custom``), and where the kind needs
    an audience.
    """
    if kind in (ChannelKind.PAST, ChannelKind.CUSTOM):
        raise UsageError(f"{kind} needs a campaign file", hint=f"write a channel with kind: {kind} in a campaign file")
    if audience is None and clicks is None and kind is not ChannelKind.PRESS:
        raise UsageError(
            f"{kind} needs an audience", hint=f"add --audience, the number of {PRIORS[kind].audience}, such as 250k"
        )
    journey = ((LANDING_JOURNEY, 1.0),)
    channel = Channel(
        label=kind.value.replace("_", " "),
        kind=kind,
        landing=landing,
        journey=journey,
        audience=_range(audience),
        clicks=_range(clicks),
        click_rate=_range(click_rate),
        send_over_seconds=send_over_seconds,
        deliver_over_seconds=deliver_over_seconds,
    )
    return Campaign(
        id=kind.value.replace("_", "-"),
        name=kind.value.replace("_", " ").capitalize(),
        status=Status.CONFIRMED,
        launch=launch,
        timezone=str(launch.tzinfo or "UTC"),
        landing=landing,
        journey=journey,
        channels=(channel,),
    )


def _range(value: Range | float | None) -> Range | None:
    return value if value is None or isinstance(value, Range) else Range.exact(value)
