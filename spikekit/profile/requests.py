"""How many requests a visitor of a profile is expected to send: page by page, as far as anybody has looked."""

from __future__ import annotations

from dataclasses import dataclass, field

from spikekit.campaign.model import JourneyMix
from spikekit.forecast.priors import REQUESTS_PER_LANDING
from spikekit.profile.model import Profile, Stream
from spikekit.site.model import Site, Step

_LANDING = "{landing}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequests:
    """Requests of a page with all it needs: ``seen`` by path where somebody has looked, ``unseen`` for the others.

    Where nobody has, the prior's median landing stands for any page.
    """

    seen: dict[str, float] = field(default_factory=dict)
    unseen: float = float(REQUESTS_PER_LANDING.range.likely)

    def of_step(self, step: Step, landing: str) -> float:
        """Those of a step of visitors who came in by the page ``landing``."""
        return 1.0 if step.assets != "auto" else self.seen.get(path_of(step, landing), self.unseen)


UNSEEN = PageRequests()
"""Nobody has looked."""


def unseen_pages(profile: Profile) -> PageRequests:
    """What the profile takes its pages for."""
    return PageRequests(unseen=profile.page_requests)


def path_of(step: Step, landing: str) -> str:
    """The step's path for visitors who came in by ``landing``; other placeholders stay."""
    return step.path.replace(_LANDING, landing)


def sent_requests_per_visitor(
    mix: JourneyMix, site: Site | None, *, landing: str = "", pages: PageRequests = UNSEEN
) -> float:
    """The mean over the mix. A journey that the site does not describe, or leaves to Locust, is one request."""
    return sum(share * _of_journey(name, site, landing, pages) for name, share in mix)


def _of_journey(name: str, site: Site | None, landing: str, pages: PageRequests) -> float:
    journey = site.journey(name) if site else None
    if journey is None or not journey.steps:
        return 1.0
    return sum(reach * pages.of_step(step, landing) for step, reach in journey.reached())


def stream_requests(stream: Stream, site: Site, pages: PageRequests) -> float:
    """Requests of one visitor of the stream."""
    return sent_requests_per_visitor(stream.journey, site, landing=stream.landing, pages=pages)


def expected_requests(profile: Profile, site: Site) -> float:
    """Requests a run of the profile is expected to send, all going well, before anybody has looked."""
    return sum(s.curve.total * stream_requests(s, site, unseen_pages(profile)) for s in profile.streams)


def peak_requests_per_second(profile: Profile, site: Site, pages: PageRequests) -> float:
    """No more than this many are expected: every stream at its own peak, all of a visit's requests at once."""
    return sum(s.curve.peak * stream_requests(s, site, pages) for s in profile.streams)
