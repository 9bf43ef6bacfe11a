"""A Prometheus range query → what came: the query's value is visitors per second."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from spikekit.errors import Unmeasured, UsageError
from spikekit.files.echo import escaped
from spikekit.traffic.observed import Observed
from spikekit.traffic.series import MARK, Series, plainly

MOST_POINTS = 10_000
"""Prometheus refuses more than 11,000 a series."""

TIMEOUT_SECONDS = 30.0


def query_range(
    url: str,
    query: str,
    *,
    start: datetime,
    end: datetime,
    step_seconds: float = 60.0,
    transport: httpx.BaseTransport | None = None,
) -> Series:
    """What came from ``start`` to ``end`` by ``query``, such as ``sum(rate(visits_total{campaign="fry"}[1m]))``.

    The value at an instant is taken for the ``step_seconds`` before it. Several series are added; a label called
    ``channel``, ``source`` or ``medium`` tells them apart. A step without any sample between others is unknown: it
    counts as nothing that came at least. Where no sample follows, the observed hours end.

    Raises ``UsageError`` for what Prometheus refuses or cannot be reached at, and ``Unmeasured`` where it has nothing.
    """
    steps = round((end - start).total_seconds() / step_seconds)
    if not 1 <= steps <= MOST_POINTS:
        raise UsageError(f"a query of {steps:,} steps is too long", hint="ask for fewer hours: --over 24h")
    first = start.astimezone(UTC) + timedelta(seconds=step_seconds)
    parameters = {"query": query, "start": _unix(first), "end": _unix(end), "step": f"{step_seconds:g}"}
    matrix = _asked(url, parameters, transport)
    rates = [_rates(entry, first, step_seconds, steps) for entry in matrix]
    known = [i for i in range(steps) if any(i in r for r in rates)]
    if not known:
        raise Unmeasured("the query has no data in the campaign's hours", hint=f"look at it in {url}/graph")
    marked: dict[str, list[Mapping[int, float]]] = defaultdict(list)
    for entry, rate in zip(matrix, rates, strict=True):
        for mark in {"", _mark(entry)}:
            marked[mark].append(rate)
    built = {mark: _observed(several, known, start.astimezone(UTC), step_seconds) for mark, several in marked.items()}
    return Series(total=built[""], parts={mark: o for mark, o in sorted(built.items()) if mark})


def _asked(url: str, parameters: dict[str, str], transport: httpx.BaseTransport | None) -> list[Any]:
    """The matrix that Prometheus answers."""
    address = f"{url.rstrip('/')}/api/v1/query_range"
    try:
        with httpx.Client(transport=transport, timeout=TIMEOUT_SECONDS) as client:
            answer = client.post(address, data=parameters)
            said = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UsageError(f"Prometheus at {escaped(url)} cannot be asked: {escaped(str(error))}") from error
    except ValueError as error:
        raise UsageError(
            f"{escaped(address)} is no Prometheus: it answered {answer.status_code} without JSON"
        ) from error
    if not isinstance(said, dict) or said.get("status") != "success":
        reason = said.get("error", "no reason given") if isinstance(said, dict) else "an answer of another kind"
        raise UsageError(f"Prometheus refuses the query: {escaped(str(reason))}")
    data = said.get("data")
    if not isinstance(data, dict) or data.get("resultType") != "matrix" or not isinstance(data.get("result"), list):
        raise UsageError("Prometheus answered something other than series over time")
    return list(data["result"])


def _rates(entry: Any, first: datetime, step: float, steps: int) -> dict[int, float]:
    """Visitors/s by step; what is no number is no sample."""
    try:
        samples = [(float(at), float(value)) for at, value in entry["values"]]
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError("Prometheus answered a series without values") from error
    places = ((round((at - first.timestamp()) / step), value) for at, value in samples)
    return {i: value for i, value in places if 0 <= i < steps and math.isfinite(value) and value >= 0}


def _mark(entry: Any) -> str:
    """What tells a series apart from others, if anything does."""
    labels = {plainly(str(name)): str(value) for name, value in dict(entry.get("metric") or {}).items()}
    return next((labels[name] for name in MARK if labels.get(name)), "")


def _observed(rates: Sequence[Mapping[int, float]], known: Sequence[int], start: datetime, step: float) -> Observed:
    # Before the first visitor a series may not exist yet; between two samples it did.
    last = known[-1] + 1
    unknown = set(range(known[0], last)).difference(known)
    counts = tuple(sum(r.get(i, 0.0) for r in rates) * step for i in range(last))
    flags = tuple(i in unknown for i in range(last))
    return Observed(began=start, step_seconds=step, visitors=counts, saturated=flags if unknown else ())


def _unix(at: datetime) -> str:
    return f"{at.timestamp():.3f}"
