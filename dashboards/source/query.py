"""PromQL from the exporter's own names, every selector with the dashboards' variables."""

from __future__ import annotations

from spikekit.metrics.names import Kind, Name

LABELS = {"site": 'site=~"$site"', "campaign": 'campaign=~"$campaign"'}


def of(name: Name, *more: str, suffix: str = "") -> str:
    """A selector of the metric, by the variables its labels know, and ``more`` matchers."""
    matchers = ['job=~"$job"', *(LABELS[label] for label in name.labels if label in LABELS), *more]
    return f"{name.name}{suffix}{{{','.join(matchers)}}}"


def rate(name: Name, *more: str, by: str = "") -> str:
    """Per second, added up; ``by`` keeps some labels apart."""
    assert name.kind is Kind.COUNTER
    return f"sum{_by(by)} (rate({of(name, *more)}[$__rate_interval]))"


def total(name: Name) -> str:
    """How many in the time that is shown. Prometheus extrapolates: exact totals are in the report."""
    assert name.kind is Kind.COUNTER
    return f"sum (increase({of(name)}[$__range]))"


def quantile(q: float, name: Name, *more: str, by: str = "") -> str:
    """A quantile of a histogram."""
    assert name.kind is Kind.HISTOGRAM
    edges = "le, " + by if by else "le"
    return f"histogram_quantile({q:g}, sum by ({edges}) (rate({of(name, *more, suffix='_bucket')}[$__rate_interval])))"


def worst(name: Name, *more: str, by: str = "") -> str:
    """The highest of a gauge, whoever tells it: two that tell the same count once."""
    return f"max{_by(by)} ({of(name, *more)})"


def added(name: Name, *more: str, by: str = "") -> str:
    """A gauge of disjoint parts, added up."""
    return f"sum{_by(by)} ({of(name, *more)})"


def at(q: float) -> str:
    """The matcher of one quantile of a forecast."""
    return f'quantile="{q:g}"'


def _by(labels: str) -> str:
    return f" by ({labels})" if labels else ""
