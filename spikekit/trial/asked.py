"""What somebody asks for, resolved against the site: the plan without its addresses."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from spikekit.campaign.model import LANDING_JOURNEY
from spikekit.engine.plan import DRAIN_SECONDS, Host, Sending
from spikekit.errors import UsageError
from spikekit.files.echo import nearest
from spikekit.guard.addresses import Address
from spikekit.profile.campaign import weighed
from spikekit.profile.model import Profile
from spikekit.profile.requests import UNSEEN, PageRequests, peak_requests_per_second
from spikekit.site.model import LANDING_STEP, Journey, Objectives, Site, Step, Target
from spikekit.vocabulary import RunKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A run to be: what to send, where, judged how. ``command`` repeats it.

    ``pages``: what its pages cost, as far as anybody has looked.
    """

    kind: RunKind
    profile: Profile
    site: Site
    target: Target
    objectives: Objectives
    seed: int
    sending: Sending
    command: str
    campaign: str | None = None
    label: str | None = None
    inputs: dict[str, str] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    pages: PageRequests = UNSEEN
    drain_seconds: float = DRAIN_SECONDS

    @property
    def requests_per_second(self) -> float:
        """The most it sends, as far as is known."""
        return peak_requests_per_second(self.profile, self.site, self.pages)

    def at_least(self) -> Asked:
        """The same run as if no page needed more than itself: no look at the page can make it smaller."""
        return self.seen(PageRequests(unseen=1.0))

    def seen(self, pages: PageRequests) -> Asked:
        """The same run once somebody has looked at its pages: what is usual on the site is rescaled by them."""
        return replace(self, profile=weighed(self.profile, self.site, taken=self.pages, seen=pages), pages=pages)


def journeys_of(profile: Profile, site: Site) -> tuple[Journey, ...]:
    """Every journey the profile's visitors take. Raises ``UsageError`` for one the site does not describe."""
    names = dict.fromkeys(name for stream in profile.streams for name, _ in stream.journey)
    return tuple(journey_named(name, site) for name in names)


def journey_named(name: str, site: Site) -> Journey:
    """The site's journey of that name, or the built-in one-page visit. Raises ``UsageError``."""
    known = site.journey(name)
    if known is None and name == LANDING_JOURNEY:
        return Journey(name=name, steps=(Step(name=LANDING_STEP, method="GET", path="{landing}"),))
    if known is None:
        names = [j.name for j in site.journeys]
        near = nearest(name, names)
        raise UsageError(
            f'no journey "{name}" in site.yaml; it has {", ".join(names) or "none"}',
            hint=f"did you mean {near}?" if near else None,
        )
    return known


def host_of_target(target: Target, addresses: tuple[Address, ...]) -> Host:
    """The target as the engine sees it, bound to the addresses that were permitted."""
    parts = urlsplit(target.url)
    return Host(
        name=target.name,
        scheme=parts.scheme,
        hostname=parts.hostname or "",
        port=parts.port or (443 if parts.scheme == "https" else 80),
        addresses=tuple(str(a) for a in addresses),
        base_path=parts.path.rstrip("/"),
        headers=target.headers,
        tls=target.tls,
    )
