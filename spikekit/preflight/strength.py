"""Is this machine strong enough for what a run needs of it?"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from spikekit.preflight import machine
from spikekit.preflight.calibration import Calibration
from spikekit.preflight.finding import Finding, Weight
from spikekit.profile.campaign import scale
from spikekit.trial.asked import Asked
from spikekit.wording import about, plural


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a run would ask of this machine: peaks per second, and the visitors inside if the site stalls.

    ``requests_per_second`` is the most: all of a visit's pages and files at once. ``campaign_peak`` is the spike's
    own, in visitors/s on production: a run's is scaled to the target.
    """

    visitors_per_second: float
    requests_per_second: float
    inside: float
    campaign_peak: float
    launch: datetime

    @classmethod
    def of(cls, asked: Asked, launch: datetime) -> Need:
        """What a rehearsal needs, as far as it is known what its visitors send."""
        peak = asked.profile.peak
        return cls(
            visitors_per_second=peak,
            requests_per_second=asked.requests_per_second,
            inside=peak * asked.site.habits.patience.likely,
            campaign_peak=asked.profile.busiest() / scale(asked.target, asked.site),
            launch=launch,
        )


def machine_findings(asked: Asked, need: Need | None, calibration: Calibration) -> Iterator[Finding]:
    """Is this machine strong enough? ``need`` is None when only the target is looked at."""
    host = asked.target.url.split("//")[-1].split("/")[0].rsplit(":", 1)[0].strip("[]")
    here = machine.this_machine()
    yield from machine.findings(
        here,
        loopback=host == "localhost" or _is_loopback(host),
        visitors_per_second=need.visitors_per_second if need else None,
        inside=need.inside if need else None,
    )
    yield _strength(here, need, calibration)


def _strength(here: machine.Machine, need: Need | None, calibration: Calibration) -> Finding:
    text = (
        f"one worker here sends about {calibration.visitors_per_second:,.0f} visitors/s of one page each "
        f"({calibration.cpu_seconds_per_visitor * 1e6:,.0f} µs of a processor for each, measured just now)"
    )
    if need is None:
        return Finding(name="workers", weight=Weight.FINE, text=text)
    workers = calibration.workers(need.requests_per_second)
    text += (
        f"; this run's highest {about(need.visitors_per_second)} visitors/s, scaled to the target, send about "
        f"{about(need.requests_per_second)} requests/s: {plural(workers, 'worker')}"
    )
    if workers > here.cores:
        hint = f"join other machines: --workers {here.cores} --join-workers {workers - here.cores} (docs/scale.md)"
        return Finding(name="workers", weight=Weight.PROBLEM, text=text, hint=hint)
    return Finding(name="workers", weight=Weight.FINE, text=text, hint=f"--workers {workers}" if workers > 1 else None)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
