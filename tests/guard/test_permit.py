"""The whole question in one place: limits, methods, addresses, consent, production, windows."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import pytest

from spikekit.errors import Refused, Unmeasured, UsageError
from spikekit.guard.addresses import Address
from spikekit.guard.consent import ConsentDesk
from spikekit.guard.permit import Request, named_target, permitted_addresses
from spikekit.site.model import Limits, Target
from spikekit.site.window import window
from tests.guard.places import addresses, journey, names, site, target

NOON = datetime(2026, 12, 7, 12, 0, tzinfo=UTC)
KNOWN = names(
    www_shop_test="203.0.113.7",
    private_test="10.0.0.1",
    public_test="8.8.4.4",
    both_test="10.0.0.1 8.8.4.4",
    several_test="198.51.100.1 198.51.100.2",
    live_test="203.0.113.7",
)


class Asked(ConsentDesk):
    """Gives consent, and remembers for which addresses it was asked."""

    def __init__(self) -> None:
        super().__init__(target(), "bookshop", {})
        self.addresses: tuple[Address, ...] = ()

    def require(self, addresses: tuple[Address, ...]) -> None:
        self.addresses = addresses


def _permitted(aim: Target, desk: ConsentDesk | None = None, **request: Any) -> tuple[Address, ...]:
    wanted = {"requests_per_second": 100.0, "duration_seconds": 60.0, "journeys": (journey("GET"),), **request}
    return permitted_addresses(site(aim), aim, Request(**wanted), now=NOON, desk=desk, resolve_name=KNOWN)


def test_a_private_target_within_its_limits_is_permitted_at_its_addresses() -> None:
    assert _permitted(target("http://private.test")) == addresses("10.0.0.1")


@pytest.mark.parametrize("url", ["http://public.test", "http://both.test", "http://8.8.4.4", "http://[::ffff:8.8.4.4]"])
def test_consent_private_never_serves_for_a_public_address(url: str) -> None:
    with pytest.raises(Refused, match="a public address"):
        _permitted(target(url))


@pytest.mark.parametrize(
    ("limits", "request_", "words"),
    [
        (Limits(requests_per_second=99.0), {}, "100 requests/s"),
        (Limits(duration_seconds=59.0), {}, "60 s"),
        (Limits(requests_per_second=0.0), {"requests_per_second": 0.1}, "allows 0"),
    ],
)
def test_more_than_the_limits_is_refused(limits: Limits, request_: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        _permitted(target(limits=limits), **request_)


def test_exactly_the_limits_is_permitted() -> None:
    assert _permitted(target(limits=Limits(requests_per_second=100.0, duration_seconds=60.0)))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_what_may_change_things_needs_its_side_effects_accepted(method: str) -> None:
    with pytest.raises(Refused, match=f"{method} /"):
        _permitted(target(), journeys=(journey("GET", method),))
    assert _permitted(target(side_effects=True), journeys=(journey("GET", method),))


def test_looking_never_needs_it() -> None:
    assert _permitted(target(), journeys=(journey("GET", "HEAD"),))


def test_outside_its_windows_a_target_is_refused() -> None:
    with pytest.raises(Refused, match="Mon-Thu 01:00-05:00"):
        _permitted(target(windows=(window("Mon-Thu 01:00-05:00 Europe/London"),)))
    assert _permitted(target(windows=(window("Mon 11:00-13:00 UTC"),)))


def test_production_s_address_is_refused_under_any_name() -> None:
    with pytest.raises(Refused, match="production"):
        _permitted(target("http://live.test"))


def test_a_target_that_leads_nowhere_cannot_be_measured() -> None:
    with pytest.raises(Unmeasured):
        _permitted(target("http://nowhere.test"))


def test_every_address_is_asked_for_its_consent() -> None:
    desk = Asked()
    assert _permitted(target("http://several.test", consent="file"), desk) == addresses("198.51.100.1", "198.51.100.2")
    assert desk.addresses == addresses("198.51.100.1", "198.51.100.2")


def test_consent_that_nobody_asked_for_is_none() -> None:
    with pytest.raises(Refused, match="nobody asked"):
        _permitted(target("http://several.test", consent="file"))


def test_addresses_that_it_may_have_need_one_consent_and_others_their_own() -> None:
    desk = Asked()
    inside = target("http://several.test", consent="file", addresses=(ip_network("198.51.100.0/24"),))
    _permitted(inside, desk)
    assert desk.addresses == addresses("198.51.100.1")
    partly = target("http://several.test", consent="file", addresses=(ip_network("198.51.100.2/32"),))
    _permitted(partly, desk)
    assert desk.addresses == addresses("198.51.100.1")


def test_a_private_target_must_stay_within_its_addresses() -> None:
    with pytest.raises(Refused, match="outside its `addresses`"):
        _permitted(target("http://private.test", addresses=(ip_network("192.168.0.0/16"),)))
    assert _permitted(target("http://private.test", addresses=(ip_network("10.0.0.0/8"),)))


def test_a_target_is_named_or_the_only_one() -> None:
    one, other = target(), target(name="other")
    assert named_target(site(one), None) is one
    assert named_target(site(one, other), "other") is other


def test_a_target_not_in_the_file_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="staging") as caught:
        named_target(site(target()), "stagign")
    assert caught.value.hint == "did you mean --target staging?"
    with pytest.raises(UsageError, match="which target"):
        named_target(site(target(), target(name="other")), None)
    with pytest.raises(UsageError, match="none"):
        named_target(site(), None)
