"""The known truth: a server of known capacity, an access log and a campaign whose totals are known by construction.

Every place that interprets these numbers (JSON, Prometheus, report, page) must show the same totals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from spikekit.shop.process import ShopProcess
from spikekit.shop.settings import Settings

KNOWN_PAGES_PER_SECOND = 800.0
"""40 slots of 50 ms each: what ``known_shop`` holds for ever."""

OpenShop = Callable[..., ShopProcess]


@pytest.fixture
def open_shop() -> Iterator[OpenShop]:
    """``open_shop(slots=…, service_seconds=…, …)`` opens a shop on a free port; closed after the test."""
    with ExitStack() as stack:

        def _open(**settings: Any) -> ShopProcess:
            return stack.enter_context(ShopProcess(Settings(**settings)))

        yield _open


@pytest.fixture
def known_shop(open_shop: OpenShop, tmp_path: Path) -> ShopProcess:
    """A shop of exactly 800 pages/s that queues whoever comes above that, with an access log."""
    return open_shop(slots=40, service_seconds=0.05, access_log=tmp_path / "access.log")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLog:
    """An access log in nginx's combined format. ``first`` is the second of its first line.

    ``requests``: all readable lines; ``entries``: those by which a visit began on a page from outside or directly;
    ``failures``: answers of 500 and above; ``skipped``: lines that are not log lines;
    ``peak_requests_per_second``: the largest mean over ten whole seconds.
    """

    path: Path
    first: datetime
    seconds: int
    requests: int
    entries: dict[str, int]
    failures: int
    skipped: int
    peak_requests_per_second: float


@pytest.fixture
def known_log(tmp_path: Path) -> KnownLog:
    """Two minutes of a site: 2 visits/s from search all along, and 10/s from a post for 20 s from second 60.

    Each visit is one page and one style sheet in the same second; every tenth visit of the post is answered 503
    (its style sheet is still served). One line is not a log line.
    """
    first = datetime(2026, 12, 4, 18, 0, 0, tzinfo=UTC)
    path = tmp_path / "known-access.log"
    lines, post = [], 0
    for second in range(120):
        at = first + timedelta(seconds=second)
        lines += 2 * _visit(at, "/books", "https://www.google.com/", 200)
        for _ in range(10 if 60 <= second < 80 else 0):
            post += 1
            landing = "/books?utm_source=x&utm_medium=social&utm_campaign=fry-reads"
            lines += _visit(at, landing, "https://t.co/Qx1", 503 if post % 10 == 0 else 200)
    lines.insert(100, "-- log rotated --")
    path.write_text("".join(f"{line}\n" for line in lines))
    return KnownLog(
        path=path,
        first=first,
        seconds=120,
        requests=880,
        entries={"search": 240, "fry-reads": 200},
        failures=20,
        skipped=1,
        peak_requests_per_second=24.0,
    )


def _visit(at: datetime, landing: str, referrer: str, status: int) -> list[str]:
    stamp = at.strftime("%d/%b/%Y:%H:%M:%S %z")
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"
    page = f'203.0.113.7 - - [{stamp}] "GET {landing} HTTP/1.1" {status} 4021 "{referrer}" "{agent}"'
    style = (
        f'203.0.113.7 - - [{stamp}] "GET /static/shop.css HTTP/1.1" 200 1010 "https://www.example.com/books" "{agent}"'
    )
    return [page, style]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCampaign:
    """A project folder whose forecast has no doubt: last time's visitors exactly once more."""

    campaign: Path
    site: Path
    visitors: int
    peak_minute_visitors: int


@pytest.fixture
def known_campaign(tmp_path: Path) -> KnownCampaign:
    """600 visitors in five minutes, 300 of them in the second; the target does not exist."""
    (tmp_path / "last-time.csv").write_text(
        "time,visitors\n"
        "2025-12-04T18:00:00Z,60\n2025-12-04T18:01:00Z,300\n2025-12-04T18:02:00Z,120\n"
        "2025-12-04T18:03:00Z,90\n2025-12-04T18:04:00Z,30\n"
    )
    campaign, site = tmp_path / "known.yaml", tmp_path / "site.yaml"
    campaign.write_text(
        "version: 1\nname: The same again\nstatus: confirmed\nlaunch: 2026-12-04T18:00\ntimezone: UTC\n"
        "landing: /books\njourney: look\nchannels:\n  - {kind: past, curve: last-time.csv, scale: 1.0}\n"
    )
    site.write_text(
        "version: 1\nsite: bookshop\ntargets:\n  staging:\n    url: http://127.0.0.1:9\n    consent: private\n"
        "    capacity_ratio: 1.0\njourneys:\n  look: {steps: [{get: '{landing}'}]}\n"
    )
    return KnownCampaign(campaign=campaign, site=site, visitors=600, peak_minute_visitors=300)
