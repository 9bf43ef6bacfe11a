"""What a campaign file says, key by key. Reading, messages, defaults and the reference page all come from here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from spikekit.campaign.kinds import OTHER_NAMES, RULES
from spikekit.campaign.model import JourneyMix
from spikekit.files import quantity
from spikekit.files.instant import TIME_PATTERN, LocalTime, local_time
from spikekit.files.json_schema import JsonSchema, scalar, words
from spikekit.files.schema import Choice, ListOf, MapOf, Nested, OneOf, Record, Written, key
from spikekit.files.tree import Place
from spikekit.files.value import (
    COUNT,
    DURATION,
    IDENTIFIER,
    LINE,
    LOCAL_TIME,
    NUMBER_SHAPE,
    POSITIVE_DURATION,
    POSITIVE_SHARE,
    SHARE,
    TEXT,
    VERSION,
    ZONE,
    NeighbourFile,
    Ranged,
    at_most,
    positive,
    share,
)
from spikekit.vocabulary import ChannelKind, Range, Status

MIX_TOLERANCE = 0.001
"""Thirds may be written as 33.3%."""


_IN_PATHS = "!$&'()*+,./0-9:;=?@A-Z_a-z~%-"
"""What may stand in a path without being escaped."""
_MONEY = "([0-9][0-9_.]*[kM]?) ?([A-Z]{3})"


def _landing(text: str) -> str:
    if not text.startswith("/"):
        raise ValueError("it begins with /, without the site's address")
    if text.startswith("//"):
        raise ValueError("// would name another site")
    if bad := re.search(f"[^{_IN_PATHS}]", text):
        raise ValueError(f'it cannot hold "{bad.group()}"' if bad.group().isprintable() else "it cannot hold that")
    return text


def _at(text: str) -> float | LocalTime:
    if quantity.looks_like_duration(text):
        return quantity.signed_duration(text)
    return local_time(text)


def _money(text: str) -> tuple[float, str]:
    match = re.fullmatch(_MONEY, text)
    if match is None:
        raise ValueError("the currency is three capital letters")
    return float(quantity.scaled(match[1])), match[2]


def _sha256(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError("")
    return text


def _moment(text: str) -> str:
    local_time(text)
    return text


LANDING = Written("a path such as /books", _landing, words(f"/(?!/)[{_IN_PATHS}]*$"))
SIGMA = Written(
    "a spread such as 1.4", positive(at_most(quantity.number, 5.0, "no crowd is spread that widely")), NUMBER_SHAPE
)
SCALE = Written("a factor such as 1.2", positive(at_most(quantity.number, 1000.0, "that is very large")), NUMBER_SHAPE)
MOMENT = Written(LOCAL_TIME.expected, _moment, LOCAL_TIME.shape)
AT = Written(
    "a duration after launch such as 30m, or a local time such as 2026-12-04T18:30",
    _at,
    scalar(f"[-+]?(?:0|{quantity.DURATION_PATTERN})|{TIME_PATTERN}", minimum=0, maximum=0),
)


@dataclass(frozen=True, slots=True)
class Mix:
    """Journey names with their shares; the shares sum to 100 %."""

    expected: str = "a mix of journeys such as {browse: 80%, buy: 20%}"

    def read(self, place: Place) -> JourneyMix | None:
        shares = MapOf(IDENTIFIER, POSITIVE_SHARE, least=1, most=50).read(place)
        if not shares:
            return None
        total = sum(share for _, share in shares)
        if abs(total - 1) > MIX_TOLERANCE + 1e-9:
            place.refuse(f"expected shares that sum to 100%, found {total * 100:.4g}%")
        return tuple((name, share / total) for name, share in shares)

    def schema(self) -> JsonSchema:
        return MapOf(IDENTIFIER, POSITIVE_SHARE, least=1, most=50).schema()


@dataclass(frozen=True, slots=True)
class OneJourney:
    """The name of one journey."""

    expected: str = "the name of a journey"

    def read(self, place: Place) -> JourneyMix | None:
        name = IDENTIFIER.read(place)
        return None if name is None else ((name, 1.0),)

    def schema(self) -> JsonSchema:
        return IDENTIFIER.schema()


JOURNEY = OneOf(OneJourney(), Mix())


class ResponseFile(Record, noun="a response"):
    """How long people take to react, as a lognormal."""

    median: Range | None = key(Ranged(POSITIVE_DURATION), "half have reacted by then", example="2h", required=True)
    sigma: Range | None = key(
        Ranged(SIGMA),
        "the spread of the logarithm; 1.4 puts 9 in 10 within ten times the median",
        example="1.4",
        required=True,
    )


class ChannelFile(Record, noun="a channel"):
    """One way a campaign reaches people."""

    kind: ChannelKind | None = key(
        Choice("a kind of channel", {k.value: k for k in ChannelKind}, synonyms=OTHER_NAMES),
        "how it reaches people; the kind brings its own click rate and timing",
        example="email",
        required=True,
    )
    name: str | None = key(
        LINE, "what reports call it", example="evening newsletter", otherwise="the kind, with the account"
    )
    audience: Range | None = key(
        Ranged(COUNT), "people it is shown or sent to: followers, subscribers, viewers", example="6.2M"
    )
    clicks: Range | None = key(
        Ranged(COUNT), "clicks expected in all, instead of audience and click_rate", example="40k"
    )
    click_rate: Range | None = key(
        Ranged(POSITIVE_SHARE),
        "all clicks on the link, re-shares' included, over the audience",
        example="{low: 1%, likely: 2.6%, high: 6%}",
        otherwise="the published range for the kind",
    )
    account: str | None = key(
        LINE,
        "who posts or sends: an account, a list, a station; its own past results teach the most",
        example='"@StephenFry"',
    )
    at: float | LocalTime | None = key(
        AT,
        "when it starts: after the launch (or before it: -10m), or a local time",
        example="30m",
        default=0.0,
        otherwise="at the launch",
    )
    timezone: ZoneInfo | None = key(
        ZONE,
        "the IANA zone of those it reaches: its `at`, or the launch's time of day, is meant on their clocks",
        example="America/New_York",
        otherwise="the campaign's",
    )
    within: float = key(DURATION, "it may come this much earlier or later", example="2h", default=0.0, otherwise="0")
    send_over: float = key(DURATION, "how long the sending takes", example="20m", default=0.0, otherwise="all at once")
    deliver_over: float | None = key(
        POSITIVE_DURATION, "how long the ads are shown", example="3d", otherwise="the kind's usual time"
    )
    arrive_before: float | None = key(POSITIVE_DURATION, "how early the waiting crowd begins to gather", example="10m")
    reload_every: float | None = key(POSITIVE_DURATION, "how often each of them reloads while waiting", example="20s")
    curve: Path | None = key(NeighbourFile("a CSV file of time,visitors"), "last time's traffic", example="bf-2025.csv")
    scale: Range | None = key(
        Ranged(SCALE), "this time's traffic over last time's", example="{low: 1.0, likely: 1.2, high: 1.6}"
    )
    response: ResponseFile | None = key(
        Nested(ResponseFile), "how long people take to react", example="{median: 2h, sigma: 1.4}"
    )
    landing: str | None = key(
        LANDING, "the page its link leads to", example="/books/offer", otherwise="the campaign's landing"
    )
    journey: JourneyMix | None = key(
        JOURNEY, "what its visitors do", example="browse", otherwise="the campaign's journey"
    )

    def check(self) -> None:
        if self.kind is not None:
            RULES[self.kind].check(self.place, self.kind, self.meant)

    @classmethod
    def rules(cls) -> list[JsonSchema]:
        return [rule.schema(kind) for kind, rule in RULES.items()]


class ValueFile(Record, noun="a value"):
    """What a visitor is worth."""

    conversion_rate: Range | None = key(
        Ranged(POSITIVE_SHARE), "the share of visitors who buy", example="2.5%", required=True
    )
    per_conversion: tuple[float, str] | None = key(
        Written("an amount with its currency such as 18 GBP", _money, words(f"{_MONEY}$")),
        "what one of them brings",
        example="18 GBP",
        required=True,
    )


class ContactsFile(Record, noun="the contacts"):
    """Whom to reach on the day."""

    marketing: str | None = key(LINE, "who planned it", example="jo@example.com")
    it: str | None = key(LINE, "who runs the site", example="ops@example.com")
    on_call: str | None = key(LINE, "who answers when it launches", example='"+44 20 7946 0000"')
    stop_send: str | None = key(
        LINE, "how to stop what is still to be sent", example='"pause flow 12 in the mail tool"'
    )


class ApprovalFile(Record, noun="an approval"):
    """Who signed what."""

    by: str | None = key(LINE, "who", example="jo@example.com", required=True)
    role: str | None = key(
        Choice("a role", {"marketing": "marketing", "it": "it"}), "as what", example="it", required=True
    )
    at: str | None = key(MOMENT, "when", example="2026-11-20T10:00Z", required=True)
    note: str | None = key(LINE, "anything said with it", example="with the queue page on")
    content: str | None = key(
        Written("a SHA-256 of 64 hexadecimal digits", _sha256, scalar("[0-9a-f]{64}")),
        "SHA-256 of what was approved",
        example="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    )


class UtmFile(Record, noun="the utm values"):
    """Values put into the landing page's address, as analytics tools expect them."""

    source: str | None = key(LINE, "utm_source", example="x")
    medium: str | None = key(LINE, "utm_medium", example="social")
    campaign: str | None = key(LINE, "utm_campaign", example="fry-reads")
    term: str | None = key(LINE, "utm_term", example="books")
    content: str | None = key(LINE, "utm_content", example="first-post")
    id: str | None = key(LINE, "utm_id", example="fry-2026")


class CampaignFile(Record, noun="a campaign"):
    """A campaign file."""

    version: int | None = key(VERSION, "the version of this format", example="1", required=True)
    name: str | None = key(LINE, "what people call it", example="Fry tweets our reading app", required=True)
    id: str | None = key(IDENTIFIER, "its short name", example="fry-reads", otherwise="the file's name")
    owner: str | None = key(LINE, "whom to ask", example="marketing@example.com")
    status: Status = key(
        Choice("a status", {s.value: s for s in Status}),
        "where it stands; only confirmed campaigns count against each other",
        example="confirmed",
        default=Status.CONFIRMED,
        otherwise="confirmed: nothing comes untested because a word was left out",
    )
    launch: LocalTime | None = key(
        LOCAL_TIME,
        "when it starts, local in `timezone`; an offset (+01:00) or Z also serves",
        example="2026-12-04T18:00",
        required=True,
    )
    timezone: ZoneInfo | None = key(
        ZONE,
        "the IANA zone of its local times",
        example="Europe/London",
        otherwise="UTC, if launch has an offset",
    )
    landing: str | None = key(LANDING, "the page its links lead to", example="/books", required=True)
    journey: JourneyMix | None = key(
        JOURNEY,
        "what visitors do: a journey of site.yaml, or a mix",
        example="{browse: 80%, buy: 20%}",
        otherwise="the landing page only",
    )
    channels: tuple[ChannelFile, ...] = key(
        ListOf(Nested(ChannelFile), least=1, most=200),
        "how it reaches people",
        example="[{kind: email, audience: 250k}]",
        default=(),
        required=True,
    )
    overlap: float = key(
        Written("a share below 100% such as 20%", share(0.99), SHARE.shape),
        "share of the audience reached by more than one channel",
        example="20%",
        default=0.0,
        otherwise="0",
    )
    utm: UtmFile | None = key(Nested(UtmFile), "values for analytics", example="{source: x, medium: social}")
    value: ValueFile | None = key(
        Nested(ValueFile), "what a visitor is worth", example="{conversion_rate: 2.5%, per_conversion: 18 GBP}"
    )
    contacts: ContactsFile | None = key(Nested(ContactsFile), "whom to reach on the day", example="{on_call: Sam}")
    approvals: tuple[ApprovalFile, ...] = key(
        ListOf(Nested(ApprovalFile), most=100), "who signed what", example="[]", default=(), otherwise="none"
    )
    notes: str | None = key(TEXT, "free text", example="the post may slip to Saturday")
