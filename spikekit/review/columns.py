"""Which column of an export says what: by the names that mail tools use, or as the user maps them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from spikekit.errors import UsageError
from spikekit.files.echo import nearest, quoted, suggestion
from spikekit.files.table import Table
from spikekit.traffic.series import SATURATED, column, plainly


class Meaning(StrEnum):
    """What a column says of a past campaign."""

    CAMPAIGN = "campaign"
    DATE = "date"
    SENT = "sent"
    CLICKS = "clicks"
    RATE = "rate"
    OPENS = "opens"
    ACCOUNT = "account"
    KIND = "kind"
    SATURATED = "saturated"


USUAL: dict[Meaning, tuple[str, ...]] = {
    Meaning.CAMPAIGN: (
        *("campaign name", "title", "email name", "message name", "name", "campaign", "subject", "subject line"),
        *("post", "id", "tweet text", "post text"),
    ),
    Meaning.DATE: (
        *("send date", "send time", "sent date", "sending date", "date sent", "sent at", "sent on", "publish date"),
        *("published at", "launch", "launched", "date", "time"),
    ),
    # Delivered before sent: whom a mail did not reach cannot click. A column "audience" may be people or a list's name.
    Meaning.SENT: (
        *("successful deliveries", "delivered", "deliveries", "total delivered", "total recipients", "recipients"),
        *("emails sent", "messages sent", "total sent", "sent", "sends", "audience size", "list size", "reach"),
        *("followers", "impressions", "impr", "views", "viewers", "audience"),
    ),
    # All clicks before unique ones: each is a visit.
    Meaning.CLICKS: (
        *(
            "total clicks",
            "clicks",
            "link clicks",
            "url clicks",
            "clicks total",
            "all clicks",
            "clicked",
            "visits",
            "visitors",
        ),
        *("sessions", "unique clicks", "unique link clicks", "clickers", "unique clickers", "recipients who clicked"),
    ),
    # "Click-through rate" is left out: in some tools it is clicks over opens.
    Meaning.RATE: ("click rate", "total click rate", "unique click rate"),
    Meaning.OPENS: ("unique opens", "opens", "total opens", "opened", "openers", "unique openers"),
    Meaning.ACCOUNT: ("account", "list", "list name", "audience name", "audience", "segment", "sender", "from name"),
    Meaning.KIND: ("kind", "channel", "campaign channel", "message channel", "campaign type", "message type", "type"),
    Meaning.SATURATED: SATURATED,
}
"""What columns are called by Mailchimp, Klaviyo, HubSpot, Brevo and others, the likeliest first."""

_MAIL = frozenset(
    {"opens", "unique opens", "open rate", "unsubscribes", "unsubscribed", "bounces", "subject", "subject line"}
)
"""Columns that only mail tools have."""

_FIXED = (Meaning.KIND, Meaning.ACCOUNT)
"""What may be said once for the whole file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where each meaning stands in the ``header``, and what is the same in every row."""

    header: Sequence[str]
    places: Mapping[Meaning, int]
    fixed: Mapping[Meaning, str]
    is_mail: bool

    def text(self, cells: Sequence[str], meaning: Meaning) -> str:
        """What a row says; empty where it says nothing."""
        place = self.places.get(meaning)
        return cells[place].strip() if place is not None else self.fixed.get(meaning, "")


def columns_of(table: Table, said: Mapping[str, str]) -> Columns:
    """The columns of an export: as ``said`` (meaning: a column's name, or a kind or an account), else as is usual.

    Raises ``UsageError`` for a meaning or a column that does not exist.
    """
    places: dict[Meaning, int] = {}
    fixed: dict[Meaning, str] = {}
    for name, value in said.items():
        meaning = _meaning(name)
        place = column(table.header, [plainly(value)])
        if place is not None:
            places[meaning] = place
        elif meaning in _FIXED:
            fixed[meaning] = value
        else:
            near = nearest(value, table.header)
            hint = f"did you mean {quoted(near)}?" if near else f"it has {', '.join(map(quoted, table.header[:12]))}"
            raise UsageError(f"there is no column {quoted(value)} in {table.path}", hint=hint)
    for meaning, names in USUAL.items():
        if meaning not in places and meaning not in fixed:
            place = _usual(table, meaning, names, set(places.values()))
            if place is not None:
                places[meaning] = place
    is_mail = any(plainly(name) in _MAIL for name in table.header)
    return Columns(header=table.header, places=places, fixed=fixed, is_mail=is_mail)


def mapping(texts: Sequence[str]) -> dict[str, str]:
    """``campaign=Name,sent=Recipients`` → what is said. A comma may stand in a column's name.

    Raises ``UsageError`` for what is no ``meaning=column``.
    """
    said: dict[str, str] = {}
    for text in texts:
        for part in re.split(r",(?=\s*[A-Za-z]+\s*=)", text):
            name, equals, value = part.partition("=")
            if not equals or not value.strip():
                raise UsageError(
                    f"expected MEANING=COLUMN, found {quoted(part)}",
                    hint="such as --map campaign=Name,sent=Recipients,clicks='Unique clicks'",
                )
            said[_meaning(name.strip()).value] = value.strip().strip("\"'")
    return said


def _meaning(name: str) -> Meaning:
    try:
        return Meaning(name.lower())
    except ValueError:
        known = [m.value for m in Meaning]
        raise UsageError(f"{quoted(name)} is nothing a column can mean here{suggestion(name, known)}") from None


def _usual(table: Table, meaning: Meaning, names: Sequence[str], taken: set[int]) -> int | None:
    for name in names:
        place = column(table.header, [name])
        if place is None or place in taken:
            continue
        # A list's name and the number of its people may both stand under "audience".
        if name == "audience" and (meaning is Meaning.SENT) is not _is_figures(table, place):
            continue
        return place
    return None


def _is_figures(table: Table, place: int) -> bool:
    cells = [row.cells[place].strip() for row in table.rows[:50]]
    return all(c[:1].isdigit() for c in cells if c)
