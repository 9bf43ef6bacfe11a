"""What is kept of one past campaign: what its channels brought, and how its forecast did. ``spikekit.past/1``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from spikekit.campaign.model import PastCurve
from spikekit.forecast.calibration import PastResult
from spikekit.vocabulary import ChannelKind

SCHEMA = "spikekit.past/1"


class Source(StrEnum):
    """Where a record comes from. A review knows more than an export: it is never replaced by one."""

    REVIEW = "review"
    IMPORT = "import"


class Outcome(StrEnum):
    """Where reality fell. ``unknown``: the site was saturated, so more may have come than could be counted."""

    INSIDE = "inside"
    ABOVE = "above"
    BELOW = "below"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One figure that was forecast (P10, P50, P90) and what came. ``is_lower_bound``: at least so much."""

    observed: float
    p10: float
    p50: float
    p90: float
    is_lower_bound: bool = False

    @property
    def ratio(self) -> float:
        """Times the likely figure; infinite where nothing was likely."""
        return self.observed / self.p50 if self.p50 > 0 else math.inf

    @property
    def outcome(self) -> Outcome:
        if self.observed > self.p90:
            return Outcome.ABOVE
        if self.is_lower_bound:
            return Outcome.UNKNOWN
        return Outcome.BELOW if self.observed < self.p10 else Outcome.INSIDE

    @property
    def held(self) -> bool | None:
        """Whether reality fell inside the band of 8 in 10; ``None`` where that cannot be told."""
        return None if self.outcome is Outcome.UNKNOWN else self.outcome is Outcome.INSIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRecord:
    """A reviewed or imported campaign. ``total`` and ``peak`` (busiest minute) are ``None`` where none was forecast.

    ``requests_per_landing`` is what its access logs told of one page with all on it. ``launch`` is timezone-aware, or
    ``None`` where an export does not tell. ``name`` is for people.
    """

    campaign: str
    name: str
    source: Source
    results: tuple[PastResult, ...]
    launch: datetime | None = None
    site: str | None = None
    total: Judged | None = None
    peak: Judged | None = None
    requests_per_landing: float | None = None

    def learned(self) -> tuple[PastResult, ...]:
        """The results as the next forecast takes them."""
        held = self.total.held if self.total else None
        return tuple(
            replace(
                result,
                campaign=self.campaign,
                site=self.site,
                date=self.launch,
                requests_per_landing=self.requests_per_landing,
                held=held,
            )
            for result in self.results
        )

    def document(self, *, recorded: datetime, tool_version: str) -> dict[str, Any]:
        """The record as plain JSON values."""
        return {
            "schema": SCHEMA,
            "campaign": self.campaign,
            "name": self.name,
            "source": self.source.value,
            "site": self.site,
            "launch": self.launch.isoformat() if self.launch else None,
            "recorded": recorded.isoformat(timespec="seconds"),
            "tool_version": tool_version,
            "requests_per_landing": self.requests_per_landing,
            "results": [_result_document(r) for r in self.results],
            "total": asdict(self.total) if self.total else None,
            "peak": asdict(self.peak) if self.peak else None,
        }


def record_from_document(document: Any) -> PastRecord:
    """The record of a document. Raises ``ValueError`` saying which of its values cannot be."""
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ValueError(f"it is not a {SCHEMA} document")
    campaign = _text(document, "campaign")
    results = document.get("results")
    if not isinstance(results, list):
        raise ValueError("results: expected a list")
    return PastRecord(
        campaign=campaign,
        name=_optional_text(document, "name") or campaign,
        source=Source(_text(document, "source")),
        site=_optional_text(document, "site"),
        launch=_launch(document),
        results=tuple(_result(_mapping(r, f"results[{i}]"), campaign) for i, r in enumerate(results)),
        total=_judged(document, "total"),
        peak=_judged(document, "peak"),
        requests_per_landing=_optional_number(document, "requests_per_landing"),
    )


def _result_document(result: PastResult) -> dict[str, Any]:
    curve = result.curve
    return {
        "kind": result.kind.value,
        "account": result.account,
        "audience": result.audience,
        "clicks": result.clicks,
        "is_lower_bound": result.is_lower_bound,
        "share": result.share,
        "window_seconds": result.window_seconds,
        "curve": {"offset_seconds": list(curve.offset_seconds), "visitors": list(curve.visitors)} if curve else None,
    }


def _result(said: Mapping[str, Any], campaign: str) -> PastResult:
    curve = said.get("curve")
    return PastResult(
        campaign=campaign,
        kind=ChannelKind(_text(said, "kind")),
        account=_optional_text(said, "account"),
        audience=_optional_number(said, "audience"),
        clicks=_number(said, "clicks"),
        is_lower_bound=said.get("is_lower_bound") is True,
        share=min(1.0, _number(said, "share")) if "share" in said else 1.0,
        window_seconds=_number(said, "window_seconds") if "window_seconds" in said else 0.0,
        curve=None if curve is None else _curve(_mapping(curve, "curve")),
    )


def _curve(said: Mapping[str, Any]) -> PastCurve:
    offsets, visitors = (_numbers(said, name) for name in ("offset_seconds", "visitors"))
    if len(offsets) != len(visitors) + 1 or any(b <= a for a, b in pairwise(offsets)):
        raise ValueError("curve: expected ascending offsets, one more than visitors")
    return PastCurve(offset_seconds=offsets, visitors=visitors)


def _judged(document: Mapping[str, Any], name: str) -> Judged | None:
    if document.get(name) is None:
        return None
    said = _mapping(document[name], name)
    figures = {key: _number(said, key) for key in ("observed", "p10", "p50", "p90")}
    return Judged(**figures, is_lower_bound=said.get("is_lower_bound") is True)


def _launch(document: Mapping[str, Any]) -> datetime | None:
    text = _optional_text(document, "launch")
    launch = datetime.fromisoformat(text) if text else None
    if launch is not None and launch.tzinfo is None:
        raise ValueError("launch: expected an offset from UTC")
    return launch


def _mapping(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{name}: expected an object")
    return value


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name}: expected text")
    return value


def _optional_text(said: Mapping[str, Any], name: str) -> str | None:
    return None if said.get(name) is None else _text(said, name)


def _number(said: Mapping[str, Any], name: str) -> float:
    return _figure(said.get(name), name)


def _optional_number(said: Mapping[str, Any], name: str) -> float | None:
    return None if said.get(name) is None else _number(said, name)


def _numbers(said: Mapping[str, Any], name: str) -> tuple[float, ...]:
    values = said.get(name)
    if not isinstance(values, list):
        raise ValueError(f"{name}: expected a list of numbers")
    return tuple(_figure(v, name) for v in values)


def _figure(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ValueError(f"{name}: expected a number, at least 0")
    return float(value)
