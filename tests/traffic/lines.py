"""Log lines as servers write them, and what a tally counts of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from spikekit.campaign.model import Campaign
from spikekit.traffic.attribution import Attribution
from spikekit.traffic.format import line_format
from spikekit.traffic.second import Counts, Second
from spikekit.traffic.tally import Tally
from spikekit.vocabulary import Status

LAUNCH = datetime(2026, 12, 4, 18, 0, tzinfo=UTC)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
SITE = "https://www.example.com"
LINK = "/books?utm_source=x&utm_medium=social&utm_campaign=fry-reads"


def line(
    target: str = "/books",
    *,
    at: float = 0,
    address: str = "203.0.113.7",
    status: int = 200,
    referrer: str = "-",
    agent: str = PHONE,
    method: str = "GET",
) -> str:
    """A line in the combined format, ``at`` seconds after the launch."""
    stamp = (LAUNCH + timedelta(seconds=at)).strftime("%d/%b/%Y:%H:%M:%S %z")
    return f'{address} - - [{stamp}] "{method} {target} HTTP/1.1" {status} 4021 "{referrer}" "{agent}"\n'


def campaign(
    name: str = "fry-reads", *, landing: str = "/books", utm: Sequence[tuple[str, str]] = (("campaign", "fry-reads"),)
) -> Campaign:
    """A confirmed campaign, launched at ``LAUNCH``."""
    return Campaign(
        id=name,
        name=name,
        status=Status.CONFIRMED,
        launch=LAUNCH,
        timezone="UTC",
        landing=landing,
        journey=(("landing", 1.0),),
        channels=(),
        utm=tuple(utm),
    )


def tally(*campaigns: Campaign, form: str | None = "combined", own: Iterable[str] = ("example.com",)) -> Tally:
    """A tally of a site that is example.com."""
    return Tally(line_format(form) if form else None, Attribution(campaigns, own_hosts=own))


def summed(seconds: Iterable[Second]) -> dict[str, Counts]:
    """Counts by source over all seconds."""
    found: dict[str, Counts] = {}
    for second in seconds:
        for name, counts in second.sources.items():
            found[name] = counts.plus(found.get(name, Counts()))
    return found


def counted(lines: Iterable[str], *campaigns: Campaign) -> dict[str, Counts]:
    """What a tally counts of lines in the combined format, by source."""
    counting = tally(*campaigns)
    counting.feed("".join(lines).encode("utf-8", "surrogateescape"))
    return summed(counting.take())


def entries(lines: Iterable[str], *campaigns: Campaign) -> dict[str, int]:
    """Entries by source, of those that have any."""
    return {name: counts.entries for name, counts in counted(lines, *campaigns).items() if counts.entries}
