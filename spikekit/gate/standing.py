"""Which campaigns the gate looks at: the confirmed ones that launch soon, or have only just begun."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from spikekit.campaign.model import Campaign
from spikekit.vocabulary import Status

FIRST_DAY = timedelta(days=1)
"""So long after its last channel began a campaign may still be harmed by a deploy (judgement)."""


class Standing(StrEnum):
    """Where a campaign stands on the calendar; only what is due is judged."""

    DUE = "due"
    DRAFT = "draft"
    CANCELLED = "cancelled"
    PAST = "past"
    LATER = "later"


def standing(campaign: Campaign, now: datetime, within: timedelta) -> Standing:
    """Due from ``within`` before its first channel begins until a day after the last one has sent everything."""
    if campaign.status is not Status.CONFIRMED:
        return Standing.DRAFT if campaign.status is Status.DRAFT else Standing.CANCELLED
    first, last = _channels(campaign)
    if last + FIRST_DAY < now:
        return Standing.PAST
    return Standing.DUE if first - now <= within else Standing.LATER


def _channels(campaign: Campaign) -> tuple[datetime, datetime]:
    """The first start and the end of the last sending; the launch itself lies between them."""
    launch = campaign.launch.astimezone(UTC)
    begins = [c.at_seconds - c.within_seconds for c in campaign.channels]
    ends = [
        c.at_seconds + c.within_seconds + max(c.send_over_seconds, c.deliver_over_seconds or 0.0)
        for c in campaign.channels
    ]
    return launch + timedelta(seconds=min([0.0, *begins])), launch + timedelta(seconds=max([0.0, *ends]))
