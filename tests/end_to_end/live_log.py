"""An access log that goes on growing: a campaign, a spike that nobody declared, and the usual visits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

CAMPAIGN_PER_SECOND, REDDIT_PER_SECOND = 60, 30
CAMPAIGN_SECONDS, REDDIT_SECONDS, PAST_SECONDS = 180, 120, 3600
"""How long each has gone on when the log is opened."""

_AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"


@contextmanager
def growing_log(path: Path) -> Iterator[None]:
    """The last hour of a site, then line after line as they happen; one a second is no log line."""
    numbers, opened = count(), datetime.now(UTC).replace(microsecond=0)
    past = (opened - timedelta(seconds=ago) for ago in range(PAST_SECONDS, 0, -1))
    path.write_text("".join(_second(at, opened, numbers) for at in past))
    over = threading.Event()

    def write() -> None:
        with path.open("a") as file:
            while not over.wait(1.0):
                file.write(_second(datetime.now(UTC), opened, numbers) + "-- no log line --\n")
                file.flush()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        over.set()
        writer.join()


def _second(at: datetime, opened: datetime, numbers: Iterator[int]) -> str:
    before = (opened - at).total_seconds()
    lines = [_visit(at, next(numbers), "/books", "https://www.google.com/", 200)]
    if before < CAMPAIGN_SECONDS:
        link = "/books?utm_campaign=known"
        lines += [
            _visit(at, next(numbers), link, "https://t.co/Qx1", 200 if n else 503) for n in range(CAMPAIGN_PER_SECOND)
        ]
    if before < REDDIT_SECONDS:
        lines += [
            _visit(at, next(numbers), "/books/42", "https://www.reddit.com/", 200) for _ in range(REDDIT_PER_SECOND)
        ]
    return "".join(lines)


def _visit(at: datetime, number: int, landing: str, referrer: str, status: int) -> str:
    """One page asked for by somebody new."""
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    stamp = at.strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'{address} - - [{stamp}] "GET {landing} HTTP/1.1" {status} 4021 "{referrer}" "{_AGENT}"\n'
