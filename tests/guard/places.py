"""Sites, targets and names for the guard's tests: no name server is ever asked."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

from spikekit.guard.addresses import Address, Resolve
from spikekit.site.model import Journey, Objectives, Production, Site, Step, Target

PRODUCTION = "https://www.shop.test"


def addresses(*texts: str) -> tuple[Address, ...]:
    """Those addresses."""
    return tuple(ip_address(text) for text in texts)


def names(**known: str) -> Resolve:
    """A resolver that knows ``www_shop_test="203.0.113.7 203.0.113.8"`` and, like the system's, addresses."""

    def resolve(hostname: str) -> tuple[Address, ...]:
        try:
            return addresses(hostname)
        except ValueError:
            pass
        if (found := known.get(hostname.replace(".", "_").replace("-", "_"))) is not None:
            return addresses(*found.split())
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    return resolve


def unanswered(hostname: str) -> tuple[Address, ...]:
    """A name server that does not answer; addresses need none."""
    try:
        return addresses(hostname)
    except ValueError:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution") from None


def target(url: str = "http://127.0.0.1:8080", **more: Any) -> Target:
    """The staging target, private unless said otherwise."""
    return Target(**{"name": "staging", "url": url, "consent": "private", **more})


def site(*targets: Target, production: str | None = PRODUCTION, journeys: tuple[Journey, ...] = ()) -> Site:
    """The bookshop."""
    return Site(
        name="bookshop",
        production=Production(url=production) if production else None,
        targets=targets,
        objectives=Objectives(),
        journeys=journeys,
    )


def journey(*methods: str) -> Journey:
    """Steps of those methods."""
    return Journey(name="look", steps=tuple(Step(name=f"{m} /", method=m, path="/") for m in methods))
