"""Every metric and every label that spikekit exports: the one place that names them.

Units are in the names: seconds, requests per second, ratios 0-1. Label sets are closed: sites, targets, campaigns and
kinds come from project files, ``reason`` from ``FailureKind``, ``step`` and ``source`` are bounded with the rest under
``other``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How Prometheus treats a metric. Quantiles of a forecast are a summary without count and sum."""

    COUNTER = "counter"
    GAUGE = "gauge"
    SUMMARY = "summary"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A metric: its whole name, what it counts, and its labels in order (``le`` and ``quantile`` are left out)."""

    name: str
    kind: Kind
    says: str
    labels: tuple[str, ...] = ()


RUN = ("campaign", "target")
OF_CAMPAIGN = ("site", "campaign")
LIVE = ("site", "campaign", "source")


def _counter(name: str, says: str, labels: tuple[str, ...] = ()) -> Name:
    return Name(name=f"spikekit_{name}_total", kind=Kind.COUNTER, says=says, labels=labels)


def _gauge(name: str, says: str, labels: tuple[str, ...] = ()) -> Name:
    return Name(name=f"spikekit_{name}", kind=Kind.GAUGE, says=says, labels=labels)


def _quantiles(name: str, says: str, labels: tuple[str, ...] = ()) -> Name:
    return Name(name=f"spikekit_{name}", kind=Kind.SUMMARY, says=says, labels=labels)


def _histogram(name: str, says: str, labels: tuple[str, ...] = ()) -> Name:
    return Name(name=f"spikekit_{name}", kind=Kind.HISTOGRAM, says=says, labels=labels)


BUILD = _gauge("build_info", "The version of spikekit that answers; always 1.", ("version",))

PLANNED = _counter("visitors_planned", "Visitors whose drawn instant has come.", RUN)
STARTED = _counter("visitors_started", "Planned visitors whose work began.", RUN)
COMPLETED = _counter("visitors_completed", "Visitors who got every page they wanted.", RUN)
FAILED = _counter("visitors_failed", "Visitors who met an error.", RUN)
ABANDONED = _counter("visitors_abandoned", "Visitors who gave up waiting.", RUN)
DROPPED = _counter("visitors_dropped", "Planned visitors for whom the generator was too late or full.", RUN)
UNREPORTED = _counter("visitors_unreported", "Planned visitors of a worker that died before it told of them.", RUN)
INSIDE = _gauge("visitors_in_flight", "Visitors on the site now.", RUN)
REQUESTS = _counter("requests", "Requests begun, by step; assets are a step of their own.", (*RUN, "step"))
FAILURES = _counter("request_failures", "Requests that failed, by step and kind of failure.", (*RUN, "step", "reason"))
DURATION = _histogram(
    "request_duration_seconds",
    "From the intended instant to the whole answer; a failed request is in the last bucket alone.",
    (*RUN, "step"),
)
IN_FLIGHT = _gauge("requests_in_flight", "Requests that wait for their answer now.", RUN)
LAG = _histogram("dispatch_lag_seconds", "How late the generator began requests: its own lateness.", RUN)
HEALTHY = _gauge("generator_healthy", "1 while the generator keeps up, so that what it measures counts.", RUN)
OBJECTIVE = _quantiles("objective_latency_seconds", "The latency that the run's objectives allow.", RUN)
OBJECTIVE_ERRORS = _gauge("objective_error_ratio", "The share of requests that may fail.", ("site",))

FORECAST = _quantiles(
    "forecast_requests_per_second", "What the campaign brings now, as forecast; its traffic alone.", OF_CAMPAIGN
)
FORECAST_PEAK = _quantiles(
    "forecast_peak_requests_per_second", "The campaign's busiest ten seconds, as forecast.", OF_CAMPAIGN
)
SURVIVAL = _gauge("survival_ratio", "The chance that the campaign holds on production.", OF_CAMPAIGN)
CLEARED = _gauge(
    "campaign_cleared", "1 where the campaign holds from measured capacity and needs no rehearsal.", OF_CAMPAIGN
)
GATE = _gauge("gate_passed", "1 where the campaign passed the gate the last time it was asked.", OF_CAMPAIGN)
REHEARSED = _gauge(
    "last_rehearsal_timestamp_seconds", "When the campaign was last rehearsed with a verdict.", OF_CAMPAIGN
)
REHEARSAL_HELD = _gauge("last_rehearsal_held", "1 where the site held in that rehearsal.", OF_CAMPAIGN)
LAUNCH = _gauge("campaign_launch_timestamp_seconds", "When the confirmed campaign launches.", OF_CAMPAIGN)

TARGET = _gauge(
    "target_capacity_requests_per_second", "What the target holds for ever, as measured.", ("site", "target", "bound")
)
MEASURED = _gauge(
    "target_capacity_timestamp_seconds", "When that capacity of the target was measured.", ("site", "target")
)
PRODUCTION = _gauge(
    "production_capacity_requests_per_second", "What production holds for ever, as reckoned.", ("site", "bound")
)
AUDIENCE = _gauge(
    "survivable_audience",
    "The largest audience of that kind that is safe now, alone, if its visitors take the site's heaviest journey; "
    "e-mails sent at once.",
    ("site", "kind"),
)
READ = _gauge("project_read_timestamp_seconds", "When the project's files and runs were last read.", ("site",))
PROBLEMS = _gauge("project_files_with_problems", "Files of the project that could not be understood.", ("site",))

LIVE_REQUESTS = _counter("live_requests", "Requests in the site's own logs.", LIVE)
LIVE_FAILURES = _counter("live_request_failures", "Of those, the ones answered with an error of the server.", LIVE)
LIVE_ENTRIES = _counter("live_entries", "Visits that began.", LIVE)
LIVE_RATE = _gauge("live_requests_per_second", "Requests per second in the newest ten whole seconds.", LIVE)
LIVE_PEAK = _quantiles(
    "live_peak_requests_per_second", "The campaign's busiest ten seconds still to come, as seen now.", OF_CAMPAIGN
)
SPIKE = _gauge("spike_active", "1 while a source brings a spike that no campaign declared.", ("site", "source"))
LINES = _counter("log_lines", "Lines of logs that were read.")
SKIPPED = _counter("log_lines_skipped", "Lines that were no requests, by reason.", ("reason",))

EVERY = tuple(value for value in dict(globals()).values() if isinstance(value, Name))
"""All of them, as they stand above."""
