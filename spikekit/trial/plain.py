"""A plain open load as asked for on the command line, or by a search."""

from __future__ import annotations

from dataclasses import dataclass, field

from spikekit.campaign.model import LANDING_JOURNEY
from spikekit.engine.plan import Sending
from spikekit.errors import UsageError
from spikekit.guard.permit import named_target
from spikekit.profile.curve import RateCurve
from spikekit.profile.model import Profile, Stream
from spikekit.site.model import Site
from spikekit.trial.asked import Asked, journey_named
from spikekit.vocabulary import RunKind

PLAIN = "load"
"""The origin of a plain load's visitors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainLoad:
    """``rate`` visitors/s for ``duration_seconds``, who land on ``path`` and take ``journey`` (None: that one page)."""

    rate: float
    duration_seconds: float
    target: str | None = None
    ramp_seconds: float = 0.0
    journey: str | None = None
    path: str = "/"
    sending: Sending = field(default_factory=Sending)
    seed: int = 0
    label: str | None = None


def asked_load(load: PlainLoad, site: Site, *, command: str, inputs: dict[str, str]) -> Asked:
    """The run to be. Raises ``UsageError`` for what cannot be meant."""
    if not load.path.startswith("/"):
        raise UsageError(f'--path starts with "/", found "{load.path}"')
    if load.ramp_seconds >= load.duration_seconds:
        raise UsageError("the ramp must be shorter than the duration")
    name = load.journey or LANDING_JOURNEY
    if load.journey:
        journey_named(load.journey, site)
    mix = ((name, 1.0),)
    curve = RateCurve.constant(load.rate, load.duration_seconds, ramp_seconds=load.ramp_seconds)
    stream = Stream(origin=PLAIN, curve=curve, landing=load.path, journey=mix)
    return Asked(
        kind=RunKind.LOAD,
        profile=Profile(streams=(stream,), duration_seconds=load.duration_seconds),
        site=site,
        target=named_target(site, load.target),
        objectives=site.objectives,
        seed=load.seed,
        label=load.label,
        command=command,
        inputs=inputs,
        sending=load.sending,
        figures={
            "visitors_per_second": load.rate,
            "duration_seconds": load.duration_seconds,
            "ramp_seconds": load.ramp_seconds,
            "journey": name,
            "landing": load.path,
            "arrivals": "even" if load.sending.even else "random (Poisson)",
            "connections": "taken over" if load.sending.reuse else "a fresh one for every visitor",
        },
    )
