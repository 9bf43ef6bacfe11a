"""Numbers of a large project, and of a live campaign."""

from __future__ import annotations

from spikekit.metrics.live import LiveSnapshot, LiveSource
from spikekit.metrics.project import CampaignNumbers, Curve, ProjectNumbers, TargetNumbers
from spikekit.vocabulary import ChannelKind, Range

NOW = 1_800_000_000.0
HOSTILE = '"}\n# HELP spikekit_x \\ \ud800 '


def campaign(name: str, launch: float = NOW) -> CampaignNumbers:
    """A campaign of which everything is known."""
    instants = tuple(launch + 600.0 * n for n in range(100))
    rates = {0.5: 10.0, 0.9: 40.0, 0.99: 90.0}
    return CampaignNumbers(
        id=name,
        launch=launch,
        curve=Curve(instants=instants, by_quantile={q: (rate,) * 99 for q, rate in rates.items()}),
        peak=rates,
        survival=0.97,
        cleared=True,
        gate_passed=True,
        rehearsed=launch - 86_400,
        rehearsal_held=True,
    )


def project(campaigns: int = 1) -> ProjectNumbers:
    """A project of which everything is known."""
    return ProjectNumbers(
        site="bookshop",
        read=NOW,
        error_ratio=0.01,
        campaigns=tuple(campaign(f"campaign-{n}") for n in range(campaigns)),
        targets=(TargetNumbers(name="staging", low=80.0, likely=100.0, high=120.0, measured=NOW),),
        production=Range(low=300.0, likely=400.0, high=500.0),
        survivable={kind.value: 10_000 for kind in ChannelKind},
    )


def snapshot(tick: int = 1, *, requests_per_second: float = 350.0, sources: int = 3) -> LiveSnapshot:
    """A live campaign after so many ticks: one source is the campaign, the others are hostile."""
    own = LiveSource(
        requests=350 * tick,
        failures=7 * tick,
        entries=60 * tick,
        requests_per_second=requests_per_second,
        campaign="known",
    )
    other = LiveSource(requests=10 * tick, failures=tick, entries=tick, requests_per_second=10.0)
    return LiveSnapshot(
        site="bookshop",
        sources={"known": own, **{f"{HOSTILE}{n}": other for n in range(sources - 1)}},
        still_to_come={"known": {0.5: 380.0, 0.9: 700.0, 0.99: 900.0}},
        spikes={f"{HOSTILE}0": True},
        lines=400 * tick,
        skipped={"not a log line": tick},
    )
