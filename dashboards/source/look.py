"""One look for every dashboard: the colours of the reports, and what each kind of line looks like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from spikekit.report.palette import PAINTS, Role

FORECAST, PLANNED, REAL, CAPACITY, OBJECTIVE, READY, AT_RISK, NOT_READY, UNKNOWN = (
    PAINTS[role].dark
    for role in (
        Role.BAND,
        Role.PLANNED,
        Role.REAL,
        Role.CAPACITY,
        Role.OBJECTIVE,
        Role.READY,
        Role.AT_RISK,
        Role.NOT_READY,
        Role.UNKNOWN,
    )
)
"""Those for dark paper: what Grafana shows unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How one series is drawn. ``below`` names the series down to which the space is filled: a band."""

    name: str
    colour: str
    dashed: bool = False
    thin: bool = False
    below: str | None = None

    def properties(self) -> Iterator[DynamicConfigValue]:
        """As Grafana's overrides."""
        yield DynamicConfigValue(id_val="color", value={"mode": "fixed", "fixedColor": self.colour})
        yield DynamicConfigValue(id_val="custom.lineWidth", value=1 if self.thin else 2)
        if self.dashed:
            yield DynamicConfigValue(id_val="custom.lineStyle", value={"fill": "dash", "dash": [8, 6]})
        if self.below is not None:
            yield DynamicConfigValue(id_val="custom.fillBelowTo", value=self.below)
            yield DynamicConfigValue(id_val="custom.fillOpacity", value=15)


def forecast(name: str, *, below: str | None = None) -> Line:
    """A forecast: grey-blue, with its band."""
    return Line(name=name, colour=FORECAST, thin=True, below=below)


def planned(name: str) -> Line:
    """What was planned: dashed."""
    return Line(name=name, colour=PLANNED, dashed=True)


def real(name: str) -> Line:
    """What came: solid."""
    return Line(name=name, colour=REAL)


def capacity(name: str) -> Line:
    """What holds: red."""
    return Line(name=name, colour=CAPACITY)


def capacity_edge(name: str, *, below: str | None = None) -> Line:
    """An edge of what may hold: thin, with the band between the two."""
    return Line(name=name, colour=CAPACITY, thin=True, below=below)


def objective(name: str) -> Line:
    """What is promised: thin amber."""
    return Line(name=name, colour=OBJECTIVE, dashed=True, thin=True)


def bad(name: str) -> Line:
    """What went wrong."""
    return Line(name=name, colour=NOT_READY)
