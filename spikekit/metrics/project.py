"""What is known of a project, as numbers: every campaign's forecast for now, its chances, and what holds."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client.core import Metric

from spikekit.metrics import names
from spikekit.metrics.family import Labels, quantiles, simple
from spikekit.metrics.names import Name
from spikekit.vocabulary import Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Requests/s by quantile (0-1) from each instant (seconds since the epoch) to the next; the last is the end."""

    instants: tuple[float, ...]
    by_quantile: Mapping[float, tuple[float, ...]]

    def at(self, instant: float) -> dict[float, float]:
        """The rate at an instant; before the first and after the last nobody comes."""
        place = bisect_right(self.instants, instant) - 1
        inside = 0 <= place < len(self.instants) - 1
        return {quantile: rates[place] if inside else 0.0 for quantile, rates in self.by_quantile.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignNumbers:
    """One confirmed campaign. ``None``: not known, and then there is no series of it. Instants since the epoch."""

    id: str
    launch: float
    curve: Curve
    peak: Mapping[float, float]
    survival: float | None = None
    cleared: bool = False
    gate_passed: bool | None = None
    rehearsed: float | None = None
    rehearsal_held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetNumbers:
    """What a target holds, requests/s; ``high`` is ``None`` where only a lower bound is known."""

    name: str
    low: float
    likely: float
    high: float | None
    measured: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectNumbers:
    """A project as it stood at ``read`` (seconds since the epoch)."""

    site: str
    read: float
    error_ratio: float
    campaigns: tuple[CampaignNumbers, ...] = ()
    targets: tuple[TargetNumbers, ...] = ()
    production: Range | None = None
    survivable: Mapping[str, int] = field(default_factory=dict)
    problems: int = 0


class ProjectMetrics:
    """The newest numbers of a project. ``show`` replaces them; what a campaign brings is told for the scrape's now."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._numbers: ProjectNumbers | None = None

    def show(self, numbers: ProjectNumbers) -> None:
        """From now on these."""
        self._numbers = numbers

    def families(self) -> Iterator[Metric]:
        """Nothing before the project was read for the first time."""
        if self._numbers is None:
            return
        yield from _of_campaigns(self._numbers, self._clock())
        yield from _of_site(self._numbers)


def _of_campaigns(project: ProjectNumbers, now: float) -> Iterator[Metric]:
    each = {(project.site, c.id): c for c in project.campaigns}
    yield quantiles(names.FORECAST, {key: c.curve.at(now) for key, c in each.items()})
    yield quantiles(names.FORECAST_PEAK, {key: c.peak for key, c in each.items()})
    told: dict[Name, Callable[[CampaignNumbers], float | None]] = {
        names.LAUNCH: lambda c: c.launch,
        names.SURVIVAL: lambda c: c.survival,
        names.CLEARED: lambda c: c.cleared,
        names.GATE: lambda c: c.gate_passed,
        names.REHEARSED: lambda c: c.rehearsed,
        names.REHEARSAL_HELD: lambda c: c.rehearsal_held if c.rehearsed is not None else None,
    }
    for name, of in told.items():
        yield simple(name, {key: float(value) for key, c in each.items() if (value := of(c)) is not None})


def _of_site(project: ProjectNumbers) -> Iterator[Metric]:
    site = project.site
    bounds: dict[Labels, float] = {}
    for target in project.targets:
        figures = {"low": target.low, "likely": target.likely, "high": target.high}
        bounds |= {(site, target.name, bound): rate for bound, rate in figures.items() if rate is not None}
    yield simple(names.TARGET, bounds)
    yield simple(names.MEASURED, {(site, t.name): t.measured for t in project.targets})
    production = project.production
    sides = {} if production is None else {b: getattr(production, b) for b in ("low", "likely", "high")}
    yield simple(names.PRODUCTION, {(site, bound): rate for bound, rate in sides.items()})
    yield simple(names.AUDIENCE, {(site, kind): count for kind, count in project.survivable.items()})
    yield simple(names.OBJECTIVE_ERRORS, {(site,): project.error_ratio})
    yield simple(names.READ, {(site,): project.read})
    yield simple(names.PROBLEMS, {(site,): project.problems})
