"""Retweet cascades from a directory of ``RT*.txt``, and what of them is scored.

A file's first line holds the number of retweets and the day of the post; then one line each: seconds since the post
and the followers of the account. The line at 0 s is the post itself, so its followers are the audience.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_FOLLOWERS = 100_000
"""Smaller accounts' cascades are another thing: somebody larger passed them on."""

SAME_ACCOUNT = 1.02
"""There are no account ids: files whose followers differ by less than 2 % may be one account's."""

DAY = 86_400
WEEK = 7.0 * DAY
SHARES = ("peak minute", "peak 5 minutes", "first 15 minutes", "first hour", "first 6 hours")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """One post: its ``followers`` and the sorted ``seconds`` of its retweets."""

    name: str
    followers: float
    seconds: Floats

    @property
    def day(self) -> Floats:
        """The retweets of the first 24 hours."""
        return self.seconds[: int(np.searchsorted(self.seconds, DAY))]

    def minutes(self) -> Floats:
        """Counts of the 1,440 minutes of the first day."""
        return np.bincount((self.day // 60).astype(int), minlength=DAY // 60).astype(np.float64)


def read_cascades(directory: Path, *, least_followers: float = LEAST_FOLLOWERS) -> list[Cascade]:
    """All cascades of accounts that large. Raises ``SystemExit`` where there are none."""
    found = []
    for file in sorted(directory.glob("RT*.txt")):
        rows = np.loadtxt(file, skiprows=1, ndmin=2)
        if rows[0, 1] >= least_followers:
            found.append(Cascade(name=file.stem, followers=float(rows[0, 1]), seconds=np.sort(rows[1:, 0])))
    if not found:
        raise SystemExit(f"{directory}: no RT*.txt of an account with {least_followers:,.0f} followers or more")
    return found


def clusters(followers: Floats) -> NDArray[np.intp]:
    """A number per file; files chained by less than 2 % of followers share one."""
    order = np.argsort(followers)
    jumps = followers[order][1:] > followers[order][:-1] * SAME_ACCOUNT
    result = np.zeros(len(followers), dtype=np.intp)
    result[order] = np.concatenate(([0], np.cumsum(jumps)))
    return result


def log_shares(day: Floats) -> Floats:
    """Logs of the five ``SHARES`` of a day's response: the busiest 60 and 300 seconds wherever they begin."""
    first = np.arange(len(day))
    peaks = [np.max(np.searchsorted(day, day + length) - first) for length in (60, 300)]
    by = [np.searchsorted(day, until) for until in (900, 3_600, 21_600)]
    return np.log(np.maximum([*peaks, *by], 0.5) / len(day))
