"""What came in one second, as the tally gives it on: to be added to what was said of that second before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Counts(NamedTuple):
    """Requests of one source. ``failures`` were answered 500 and above, ``refused`` 400 to 499; both are requests.

    ``entries`` are the requests by which a visit began. Machines have none; ``machine_clicks`` are theirs, on links
    that say that they are this source's (crawlers', who come whenever they like, do not count). Their requests are
    counted as the machines'.
    """

    requests: int = 0
    failures: int = 0
    refused: int = 0
    entries: int = 0
    machine_clicks: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(*map(sum, zip(self, other, strict=True)))


class Inferred(NamedTuple):
    """Entries that a campaign was given by inference: how many, and the sum of their probabilities."""

    entries: int
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """One second of the logs. ``at``: seconds since 1970.

    ``arrivals`` counts entries by source and landing page, the busiest pages by their path, the rest as ``other``.
    ``took_seconds`` is the sum over the ``timed`` requests, where the log says how long they took.
    """

    at: int
    sources: Mapping[str, Counts] = field(default_factory=dict)
    arrivals: Mapping[tuple[str, str], int] = field(default_factory=dict)
    inferred: Mapping[str, Inferred] = field(default_factory=dict)
    timed: int = 0
    took_seconds: float = 0.0

    @property
    def total(self) -> Counts:
        """All sources together."""
        total = Counts()
        for counts in self.sources.values():
            total = total.plus(counts)
        return total

    def landings(self) -> dict[str, int]:
        """Entries by landing page."""
        found: dict[str, int] = {}
        for (_, page), count in self.arrivals.items():
            found[page] = found.get(page, 0) + count
        return found
