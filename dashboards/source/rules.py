"""Recording rules and alerts: what is worth a call, who has to move, and where it says what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from spikekit.metrics import names
from spikekit.metrics.names import Name
from spikekit.metrics.shipped import RUNBOOKS_URL

DAY = 86_400
HIGH_USE = 0.8
"""Of production's capacity: above it queues grow long before anything fails."""

STALE_DAYS, SOON_DAYS, CLOSE_DAYS = 30, 14, 7
"""Evidence is stale after 30 days, as readiness says; it matters before campaigns of the next 14, most in 7."""

BURNS = (("10m", "1m", 10, "critical"), ("30m", "3m", 4, "warning"))
"""Long and short window, and how many times faster than allowed errors come. A campaign is mostly over in six hours:
ten minutes at ten times the pace use 28 % of what those hours allow, thirty minutes at four times 33 %."""

LEAST_TRAFFIC = 1
"""Requests/s below which a share of errors says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """``summary`` is one sentence; ``description`` says what it means; its runbook has its name."""

    name: str
    expr: str
    wait: str
    severity: str
    summary: str
    description: str
    labels: tuple[tuple[str, str], ...] = ()

    def rule(self) -> dict[str, Any]:
        """As Prometheus reads it."""
        return {
            "alert": self.name,
            "expr": self.expr,
            "for": self.wait,
            "labels": {"severity": self.severity, **dict(self.labels)},
            "annotations": {
                "summary": self.summary,
                "description": self.description,
                "runbook_url": f"{RUNBOOKS_URL}/{self.name}",
            },
        }


EACH = "site, campaign"
LIVE = f"site:{names.LIVE_RATE.name}:sum"
HOLDS = f"site_bound:{names.PRODUCTION.name}:max"
PEAK = f"campaign_quantile:{names.FORECAST_PEAK.name}:max"
LAUNCH = f"campaign:{names.LAUNCH.name}:max"
BUDGET = f"site:{names.OBJECTIVE_ERRORS.name}:max"
ERRORS = "site:spikekit_live_request_failures:ratio_rate"


def _record(name: str, expr: str) -> dict[str, Any]:
    return {"record": name, "expr": expr}


def _highest(name: Name, by: str) -> str:
    """Two that serve the same project count once."""
    return f"max by ({by}) ({name.name})"


def _rate(name: Name, window: str) -> str:
    return f"sum by (site) (rate({name.name}[{window}]))"


def _recorded() -> list[dict[str, Any]]:
    windows = sorted({w for long, short, _factor, _severity in BURNS for w in (long, short)})
    ratios = [
        _record(f"{ERRORS}{w}", f"{_rate(names.LIVE_FAILURES, w)} / {_rate(names.LIVE_REQUESTS, w)}") for w in windows
    ]
    return [
        _record(LIVE, f"sum by (site) ({names.LIVE_RATE.name})"),
        _record(HOLDS, _highest(names.PRODUCTION, "site, bound")),
        _record(PEAK, _highest(names.FORECAST_PEAK, "site, campaign, quantile")),
        _record(LAUNCH, _highest(names.LAUNCH, EACH)),
        _record(BUDGET, _highest(names.OBJECTIVE_ERRORS, "site")),
        *ratios,
    ]


def _within(days: int) -> str:
    """The campaigns that launch in the next so many days."""
    return f"({LAUNCH} - time() > 0) < {days * DAY}"


def _burning(long: str, short: str, factor: int, severity: str) -> Alert:
    return Alert(
        name="SpikekitErrorBudgetBurning",
        expr=(
            f"{ERRORS}{long} > on (site) {factor} * {BUDGET}\n"
            f"and on (site) {ERRORS}{short} > on (site) {factor} * {BUDGET}\n"
            f"and on (site) {LIVE} > {LEAST_TRAFFIC}"
        ),
        wait="0s",
        severity=severity,
        labels=(("window", long),),
        summary="{{ $labels.site }} fails {{ $value | humanizePercentage }} of its live requests.",
        description=(
            f"For {long} errors have come more than {factor} times as fast as the objectives of "
            "{{ $labels.site }} allow, and they still do."
        ),
    )


def alerts() -> list[Alert]:
    """Every alert, the most urgent first."""
    return [*_live(), *_ahead(), _generator()]


def _live() -> list[Alert]:
    """What happens now."""
    return [
        Alert(
            name="SpikekitLiveNearCapacity",
            expr=f'{LIVE} > on (site) {HIGH_USE:g} * {HOLDS}{{bound="likely"}}',
            wait="1m",
            severity="critical",
            summary="{{ $labels.site }} gets {{ $value | humanize }} requests per second, near what it holds.",
            description=(
                f"Live traffic of {{{{ $labels.site }}}} has been over {HIGH_USE:.0%} of production's likely capacity "
                "for a minute. Above capacity queues grow and everybody waits."
            ).replace("80%", "80 %"),
        ),
        *(_burning(*burn) for burn in BURNS),
        Alert(
            name="SpikekitUndeclaredSpike",
            expr=f"max by (site, source) ({names.SPIKE.name}) == 1",
            wait="1m",
            severity="warning",
            summary="{{ $labels.source }} sends a spike to {{ $labels.site }} that nobody declared.",
            description="Far more visitors come from {{ $labels.source }} than usual, and no campaign says why.",
        ),
    ]


def _ahead() -> list[Alert]:
    """What the next days bring, and nobody has made sure of."""
    return [
        Alert(
            name="SpikekitForecastOverCapacity",
            expr=(
                f'{PEAK}{{quantile="0.9"}} > on (site) group_left () {HOLDS}{{bound="likely"}}\n'
                f"and on (site, campaign) {_within(CLOSE_DAYS)}"
            ),
            wait="15m",
            severity="warning",
            summary="{{ $labels.campaign }} may bring {{ $value | humanize }} requests per second, more than holds.",
            description=(
                "In one draw of ten the peak of {{ $labels.campaign }} alone is above production's likely capacity, "
                f"and it launches within {CLOSE_DAYS} days."
            ),
        ),
        Alert(
            name="SpikekitCampaignUntested",
            expr=(
                f"{_within(CLOSE_DAYS)}\n"
                f"unless on (site, campaign) time() - {_highest(names.REHEARSED, EACH)} < {STALE_DAYS * DAY}\n"
                f"unless on (site, campaign) {_highest(names.CLEARED, EACH)} == 1"
            ),
            wait="15m",
            severity="warning",
            summary="{{ $labels.campaign }} launches in {{ $value | humanizeDuration }} and was not rehearsed.",
            description=(
                f"There is no rehearsal of {{{{ $labels.campaign }}}} from the last {STALE_DAYS} days, and what is "
                "known of capacity does not clear it without one."
            ),
        ),
        Alert(
            name="SpikekitCapacityStale",
            expr=(
                f"time() - {_highest(names.MEASURED, 'site, target')} > {STALE_DAYS * DAY}\n"
                f"and on (site) {_within(SOON_DAYS)}"
            ),
            wait="1h",
            severity="warning",
            summary="The capacity of {{ $labels.target }} was measured {{ $value | humanizeDuration }} ago.",
            description=(
                f"A campaign launches on {{{{ $labels.site }}}} within {SOON_DAYS} days, and what is known of "
                f"{{{{ $labels.target }}}} is older than {STALE_DAYS} days. A site changes with every release."
            ),
        ),
    ]


def _generator() -> Alert:
    return Alert(
        name="SpikekitGeneratorUnhealthy",
        expr=f"min by (campaign, target) ({names.HEALTHY.name}) == 0",
        wait="10s",
        severity="warning",
        summary="The load generator of the run against {{ $labels.target }} cannot keep up.",
        description="What this run measures says nothing about the site: it will be inconclusive.",
    )


HEAD = "# Written by `make dashboards` from dashboards/source/rules.py; spikekit dashboards DIR --runbooks URL names\n"
HEAD += "# where your team keeps the runbooks.\n"


def text() -> str:
    """The rules' file."""
    groups = [
        {"name": "spikekit.records", "interval": "15s", "rules": _recorded()},
        {"name": "spikekit.alerts", "interval": "15s", "rules": [a.rule() for a in alerts()]},
    ]
    return HEAD + yaml.dump({"groups": groups}, Dumper=_Dumper, sort_keys=False, width=1000, allow_unicode=True)


class _Dumper(yaml.SafeDumper):
    """Expressions of several lines as blocks."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)
