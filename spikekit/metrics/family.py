"""From our names to what prometheus_client writes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from prometheus_client.core import Metric

from spikekit.metrics.names import Kind, Name

Labels = tuple[str, ...]
"""Values in the order of the name's labels."""


class Source(Protocol):
    """Whoever has numbers to export. ``families`` is asked at each scrape, from any thread."""

    def families(self) -> Iterator[Metric]: ...


def simple(name: Name, values: Mapping[Labels, float]) -> Metric:
    """A counter or gauge with a value for each set of labels."""
    found = Metric(name.name.removesuffix("_total") if name.kind is Kind.COUNTER else name.name, name.says, name.kind)
    for labels, value in values.items():
        found.add_sample(name.name, dict(zip(name.labels, labels, strict=True)), value)
    return found


def quantiles(name: Name, values: Mapping[Labels, Mapping[float, float]]) -> Metric:
    """A summary: for each set of labels, a value for each quantile (0-1)."""
    found = Metric(name.name, name.says, name.kind)
    for labels, by_quantile in values.items():
        given = dict(zip(name.labels, labels, strict=True))
        for quantile, value in by_quantile.items():
            found.add_sample(name.name, {**given, "quantile": f"{quantile:g}"}, value)
    return found


def histogram(name: Name, bounds: Sequence[float], values: Mapping[Labels, tuple[Sequence[float], float]]) -> Metric:
    """A classic histogram: for each set of labels the cumulative counts (one more than ``bounds``) and the sum."""
    found = Metric(name.name, name.says, name.kind)
    edges = [*(f"{bound:g}" for bound in bounds), "+Inf"]
    for labels, (counts, total) in values.items():
        given = dict(zip(name.labels, labels, strict=True))
        for edge, count in zip(edges, counts, strict=True):
            found.add_sample(f"{name.name}_bucket", {**given, "le": edge}, count)
        found.add_sample(f"{name.name}_count", given, counts[-1])
        found.add_sample(f"{name.name}_sum", given, total)
    return found
