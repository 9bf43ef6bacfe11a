"""What ``site.yaml`` says, key by key. Reading, messages, defaults and the reference page all come from here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from itertools import pairwise
from pathlib import Path
from typing import Literal

from spikekit.files import quantity
from spikekit.files.echo import quoted, slip
from spikekit.files.json_schema import JsonSchema, exactly_one, scalar, words
from spikekit.files.schema import Choice, ListOf, MapOf, Nested, Record, Truth, Written, key
from spikekit.files.tree import Place
from spikekit.files.value import (
    IDENTIFIER,
    LINE,
    PER_SECOND,
    POSITIVE_DURATION,
    POSITIVE_SHARE,
    SHARE,
    VERSION,
    NeighbourFile,
    Ranged,
    positive,
    share,
)
from spikekit.site.address import base_url, host_of, is_public_address, network
from spikekit.site.model import PATIENCE, Objectives, Secret, Window
from spikekit.site.steps import HEADERS, JourneyFile
from spikekit.site.window import WINDOW_PATTERN, window
from spikekit.vocabulary import Range

DEFAULTS = Objectives()
MAX_CAPACITY_RATIO = 10.0
"""A target ten times as strong as production is a slipped percent sign."""

URL = Written("an address such as https://staging.example.com", base_url, words("[hH][tT][tT][pP][sS]?://"))
CAPACITY = Written(
    "a share of production such as 25%",
    positive(share(MAX_CAPACITY_RATIO)),
    scalar(quantity.RATIO_PATTERN, exclusiveMinimum=0, maximum=MAX_CAPACITY_RATIO),
)
_TIMES = "[1-9]|1[0-9]|20"
_REPLICAS = "[1-9][0-9]{0,3}|10000"
_QUANTILE = "p(?:50|[5-9][0-9]|9[0-9][0-9]|99\\.9)"


def _headroom(text: str) -> float:
    factor = quantity.number(text)
    if not 1 <= factor <= 10:
        raise ValueError("it lies between 1 and 10")
    return factor


def _times(text: str) -> int:
    if not re.fullmatch(_TIMES, text):
        raise ValueError("")
    return int(text)


def _replicas(text: str) -> int:
    if not re.fullmatch(_REPLICAS, text):
        raise ValueError("")
    return int(text)


def _quantile(text: str) -> str:
    if not re.fullmatch(_QUANTILE, text):
        raise ValueError("")
    return text


def quantile_ratio(name: str) -> float:
    """``p95`` → 0.95, ``p999`` and ``p99.9`` → 0.999."""
    digits = name.removeprefix("p").replace(".", "")
    return float(f"0.{digits}")


LATENCIES = MapOf(
    Written("a quantile from p50 to p99.9", _quantile, words(f"{_QUANTILE}$")), POSITIVE_DURATION, least=1, most=10
)


@dataclass(frozen=True, slots=True)
class LatencyReader:
    """Quantiles with their limits; a higher quantile has no lower limit."""

    expected: str = "quantiles with their limits such as {p95: 800ms, p99: 2s}"

    def read(self, place: Place) -> tuple[tuple[float, float], ...] | None:
        given = LATENCIES.read(place)
        if given is None:
            return None
        ordered = sorted((quantile_ratio(name), seconds, name) for name, seconds in given)
        for lower, upper in pairwise(ordered):
            if upper[0] == lower[0]:
                place.at_key(upper[2]).refuse(f"{upper[2]} and {lower[2]} are the same quantile")
            elif upper[1] < lower[1]:
                place.at(upper[2]).refuse(f"{upper[2]} cannot be less than {lower[2]}: it is the slower answer")
        return tuple((ratio, seconds) for ratio, seconds, _ in ordered)

    def schema(self) -> JsonSchema:
        return LATENCIES.schema()


class ProductionFile(Record, noun="production"):
    """The live site: known, and never a target."""

    url: str | None = key(URL, "its address", example="https://www.example.com", required=True)
    busiest_minute: float | None = key(
        PER_SECOND, "requests/s that held in real life: a lower bound of capacity", example="95"
    )
    replicas: int | None = key(
        Written("a number of servers from 1 to 10000", _replicas, scalar(_REPLICAS, minimum=1, maximum=10_000)),
        "how many equal servers share its work: advice then says how many more",
        example="4",
    )


class LimitsFile(Record, noun="the limits"):
    """The most that may ever be sent to a target."""

    requests_per_second: float | None = key(
        PER_SECOND, "requests/s, assets included", example="5000", otherwise="no limit"
    )
    duration: float | None = key(POSITIVE_DURATION, "the longest run", example="15m", otherwise="none")


class TlsFile(Record, noun="tls"):
    """How a target's certificate is checked."""

    verify: bool = key(Truth(), "whether it is checked at all", example="true", default=True, otherwise="true")
    ca_file: Path | None = key(
        NeighbourFile("a file with the certificate authority's certificate"),
        "who signed it, as a PEM file",
        example="staging-ca.pem",
        otherwise="the system's authorities",
    )


class TargetFile(Record, noun="a target"):
    """A place that may be loaded."""

    url: str | None = key(URL, "its address", example="https://staging.example.com", required=True)
    capacity_ratio: Range | None = key(
        Ranged(CAPACITY),
        "its capacity as a share of production's; readiness needs it",
        example="{low: 0.2, likely: 0.25, high: 0.3}",
    )
    limits: LimitsFile | None = key(
        Nested(LimitsFile), "the most it may be sent", example="{requests_per_second: 5000, duration: 15m}"
    )
    consent: Literal["file", "private"] = key(
        Choice("a form of consent", {"file": "file", "private": "private"}),
        "how it agrees to be loaded: `file`, it answers /.well-known/spikekit-consent with the site's name; "
        "`private`, it has a loopback or private address",
        example="private",
        default="file",
        otherwise="file",
    )
    addresses: tuple[IPv4Network | IPv6Network, ...] = key(
        ListOf(Written("a network such as 203.0.113.0/24", network, words("[0-9a-fA-F:.]+")), most=200),
        "where its name may resolve to",
        example="[203.0.113.0/24]",
        default=(),
        otherwise="wherever it consents",
    )
    windows: tuple[Window, ...] = key(
        ListOf(
            Written(
                "days, hours and a zone such as Mon-Thu 01:00-05:00 Europe/London", window, words(f"{WINDOW_PATTERN}$")
            ),
            most=50,
        ),
        "when load is allowed",
        example='["Mon-Thu 01:00-05:00 Europe/London"]',
        default=(),
        otherwise="always",
    )
    side_effects: bool = key(
        Choice("an answer about side effects", {"accepted": True}),
        "`accepted` lets steps other than GET and HEAD run",
        example="accepted",
        default=False,
        otherwise="such steps are refused",
    )
    headers: tuple[tuple[str, str | Secret], ...] = key(
        HEADERS,
        "headers of every request; `env:NAME` takes a secret from the environment",
        example='{X-Load-Test: spikekit, Authorization: "env:STAGING_TOKEN"}',
        default=(),
        otherwise="none",
    )
    tls: TlsFile | None = key(Nested(TlsFile), "how its certificate is checked", example="{ca_file: staging-ca.pem}")

    def check(self) -> None:
        if self.url and self.consent == "private" and is_public_address(host_of(self.url)):
            self.place.at("consent").refuse(f"{host_of(self.url)} is a public address; it needs consent: file")


class RatesFile(Record, noun="the rates of normal traffic"):
    """What comes anyway, requests/s on production."""

    typical: float | None = key(PER_SECOND, "in an ordinary hour", example="40", required=True)
    busy: float | None = key(PER_SECOND, "in a busy hour", example="95", required=True)

    def check(self) -> None:
        if self.typical and self.busy and self.busy < self.typical:
            self.place.at("busy").refuse("a busy hour cannot have less than a typical one")


class NormalTrafficFile(Record, noun="normal traffic"):
    """What comes without any campaign."""

    requests_per_second: RatesFile | None = key(
        Nested(RatesFile), "typical and busy rates on production", example="{typical: 40, busy: 95}"
    )
    curve: Path | None = key(
        NeighbourFile("a CSV file of time,requests_per_second"), "or a week of them", example="week.csv"
    )

    def check(self) -> None:
        given = [name for name in ("requests_per_second", "curve") if self.place.has(name)]
        if len(given) != 1:
            self.place.refuse(f"expected either requests_per_second or curve, found {'both' if given else 'neither'}")

    @classmethod
    def rules(cls) -> list[JsonSchema]:
        return [exactly_one("requests_per_second", "curve")]


class ObjectivesFile(Record, noun="the objectives"):
    """What holding means."""

    latency: tuple[tuple[float, float], ...] = key(
        LatencyReader(),
        "quantiles of each step's main document, from the intended instant",
        example="{p95: 800ms, p99: 2s}",
        default=DEFAULTS.latency,
        otherwise="{p95: 800ms, p99: 2s}",
    )
    errors: float = key(
        SHARE, "the largest share of requests that may fail", example="1%", default=DEFAULTS.errors, otherwise="1%"
    )
    visitors: float = key(
        SHARE,
        "the least share of visitors whose every step succeeds in time",
        example="98%",
        default=DEFAULTS.visitors,
        otherwise="98%",
    )
    headroom: float = key(
        Written("a factor such as 1.3", _headroom, scalar(quantity.NUMBER_PATTERN, minimum=1, maximum=10)),
        "rehearsals send this many times the forecast",
        example="1.3",
        default=DEFAULTS.headroom,
        otherwise="1.0",
    )


class ReloadFile(Record, noun="reloads"):
    """What the impatient do."""

    after: float | None = key(POSITIVE_DURATION, "without an answer for so long", example="8s", required=True)
    times: int | None = key(
        Written("a number from 1 to 20", _times, scalar(_TIMES, minimum=1, maximum=20)),
        "at most so many times for one page",
        example="2",
        required=True,
    )


class ClearanceFile(Record, noun="the clearance"):
    """Which campaigns need no rehearsal."""

    survival: float | None = key(
        POSITIVE_SHARE, "campaigns that hold with this probability, from known capacity", example="95%", required=True
    )


class SiteFile(Record, noun="a site"):
    """The site file."""

    version: int | None = key(VERSION, "the version of this format", example="1", required=True)
    site: str | None = key(LINE, "the site's name; the consent file answers with it", example="bookshop", required=True)
    production: ProductionFile | None = key(
        Nested(ProductionFile), "the live site: known, never a target", example="{url: https://www.example.com}"
    )
    targets: tuple[tuple[str, TargetFile], ...] = key(
        MapOf(IDENTIFIER, Nested(TargetFile), most=100),
        "the only places that may be loaded, by name",
        example="{staging: {url: https://staging.example.com}}",
        default=(),
        otherwise="none",
    )
    normal_traffic: NormalTrafficFile | None = key(
        Nested(NormalTrafficFile),
        "what comes anyway",
        example="{requests_per_second: {typical: 40, busy: 95}}",
        otherwise="none is added",
    )
    objectives: ObjectivesFile | None = key(
        Nested(ObjectivesFile), "what holding means", example="{latency: {p95: 800ms}}", otherwise="each as below"
    )
    clearance: ClearanceFile | None = key(
        Nested(ClearanceFile),
        "which campaigns need no rehearsal",
        example="{survival: 95%}",
        otherwise="none are cleared",
    )
    journeys: tuple[tuple[str, JourneyFile], ...] = key(
        MapOf(IDENTIFIER, Nested(JourneyFile), most=200),
        "what visitors do, by name; `landing` (one GET of the landing page) is always there",
        example='{browse: {steps: [{get: "{landing}"}]}}',
        default=(),
        otherwise="only landing",
    )
    patience: Range = key(
        Ranged(POSITIVE_DURATION),
        "how long a visitor waits for a page, with all it needs, before leaving",
        example="{low: 8s, likely: 20s, high: 60s}",
        default=PATIENCE,
        otherwise="30s",
    )
    reload: ReloadFile | None = key(
        Nested(ReloadFile),
        "visitors without an answer close the connection and ask again: a retry storm",
        example="{after: 8s, times: 2}",
        otherwise="nobody does",
    )
    click_ids: bool = key(
        Truth(),
        "links from social networks and search ads carry a mark of their own for every visitor, as real ones do",
        example="false",
        default=True,
        otherwise="true",
    )
    referrers: Path | None = key(
        NeighbourFile("a file of referrers"),
        "which referrers belong to which source",
        example="referrers.yaml",
        otherwise="the built-in list",
    )

    def check(self) -> None:
        self._production_is_no_target()
        known = self.place.names("targets")
        for _, journey in self.journeys:
            for step in journey.steps:
                # A target may still be on its way into the file, and no run sends a step to one that is not there;
                # but a slip of the pen is told now.
                if step.host is not None and (meant := slip(step.host, known)):
                    step.place.at("host").refuse(f"{quoted(step.host)} is not a listed target; did you mean {meant}?")

    def _production_is_no_target(self) -> None:
        if self.production is None or self.production.url is None:
            return
        live = host_of(self.production.url)
        for name, target in self.targets:
            if target.url is not None and host_of(target.url) == live:
                target.place.at("url").refuse(f"{live} is production and never a target; {name} needs its own host")
