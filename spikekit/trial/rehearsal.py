"""A campaign's busiest window as a run to be."""

from __future__ import annotations

from dataclasses import dataclass, field

from spikekit.campaign.model import Campaign
from spikekit.engine.plan import Sending
from spikekit.forecast.calibration import PastResult
from spikekit.forecast.forecast import forecast
from spikekit.forecast.priors import REQUESTS_PER_LANDING, Figure
from spikekit.guard.permit import named_target
from spikekit.profile.campaign import DEFAULT_AT, DEFAULT_WINDOW_SECONDS, campaign_profile, scale
from spikekit.profile.requests import unseen_pages
from spikekit.site.model import Site
from spikekit.trial.asked import Asked
from spikekit.vocabulary import RunKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """Which spike: the draw whose peak is the quantile ``at``, its busiest ``window_seconds``.

    ``past`` are own results that calibrate the forecast, ``landing`` is what a page costs as far as it was measured.
    """

    target: str | None = None
    at: float = DEFAULT_AT
    window_seconds: float = DEFAULT_WINDOW_SECONDS
    sending: Sending = field(default_factory=Sending)
    seed: int = 0
    label: str | None = None
    past: tuple[PastResult, ...] = ()
    landing: Figure = REQUESTS_PER_LANDING


def asked_rehearsal(
    rehearsal: Rehearsal, campaign: Campaign, site: Site, *, command: str, inputs: dict[str, str]
) -> Asked:
    """The run to be: forecast, profile, scaled to the target. Raises ``UsageError``."""
    target = named_target(site, rehearsal.target)
    drawn = forecast(campaign, site=site, seed=rehearsal.seed, past=rehearsal.past, landing=rehearsal.landing)
    profile = campaign_profile(
        drawn, at=rehearsal.at, window_seconds=rehearsal.window_seconds, target=target, site=site
    )
    return Asked(
        kind=RunKind.REHEARSAL,
        profile=profile,
        site=site,
        target=target,
        objectives=site.objectives,
        seed=rehearsal.seed,
        campaign=campaign.id,
        label=rehearsal.label,
        command=command,
        inputs=inputs,
        sending=rehearsal.sending,
        pages=unseen_pages(profile),
        figures={
            "campaign": campaign.name,
            "quantile": rehearsal.at,
            "window_seconds": rehearsal.window_seconds,
            "window_start_seconds": profile.window_start_seconds,
            "scale": scale(target, site),
            "headroom": site.objectives.headroom,
        },
    )
