"""How a target's capacity went from search to search, and what of it is more than noise.

Each search stands beside the last one that differed beyond noise (at first: the first), not beside its neighbour: a
capacity that sinks a little at a time is noticed too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spikekit.capacity.document import CapacityRun
from spikekit.errors import UsageError
from spikekit.history.compare import Difference, compare, landing
from spikekit.history.folder import run_folders


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A search that found something; ``difference`` to the search ``beside``, ``None`` where they are not compared."""

    search: CapacityRun
    beside: str | None = None
    difference: Difference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The searches of one target, journey and page (``None``: not known), the oldest first."""

    target: str
    journey: str
    page: str | None = None
    points: tuple[Point, ...]

    def document(self) -> dict[str, Any]:
        """As plain JSON values: visitors/s; ``change`` is a ratio with its 95 % ``interval``."""
        return {
            "target": self.target,
            "journey": self.journey,
            "page": self.page,
            "searches": [_plain(p) for p in self.points],
        }


def trends(state: Path, *, seed: int) -> list[Trend]:
    """A trend for each target, journey and page that was searched; searches that found nothing are passed over."""
    found: dict[tuple[str, str, str], list[CapacityRun]] = {}
    for search in sorted(_searches(state), key=lambda s: (s.created, s.id)):
        found.setdefault((search.target, search.journey, landing(search) or ""), []).append(search)
    return [
        Trend(target=target, journey=journey, page=page or None, points=tuple(_points(searches, seed)))
        for (target, journey, page), searches in sorted(found.items(), key=lambda item: item[0])
    ]


def _searches(state: Path) -> Iterable[CapacityRun]:
    for folder in run_folders(state):
        if not folder.has_document:
            continue
        try:
            run = folder.document()
        except (UsageError, ValueError, TypeError):
            continue  # The list says which are unreadable.
        if isinstance(run, CapacityRun) and run.value() is not None:
            yield run


def _points(searches: Iterable[CapacityRun], seed: int) -> Iterable[Point]:
    beside: CapacityRun | None = None
    for search in searches:
        differences = compare(beside, search, seed=seed).differences if beside else ()
        difference = next(iter(differences), None)
        yield Point(search=search, beside=beside.id if beside else None, difference=difference)
        if not search.lower_bound and (beside is None or (difference is not None and difference.beyond_noise)):
            beside = search


def _plain(point: Point) -> dict[str, Any]:
    search, difference = point.search, point.difference
    return {
        "id": search.id,
        "created": search.created,
        "label": search.label,
        "visitors_per_second": search.capacity.visitors_per_second if search.capacity else None,
        "interval": list(search.interval.visitors_per_second),
        "lower_bound": search.lower_bound,
        "beside": point.beside,
        "change": difference.change if difference else None,
        "change_interval": list(difference.interval) if difference and difference.interval else None,
        "beyond_noise": difference.beyond_noise if difference else None,
    }
