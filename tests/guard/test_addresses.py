"""Where names lead, and that none leads to production."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.errors import Refused, Unmeasured
from spikekit.guard.addresses import host_of, is_private, refuse_production, target_addresses
from tests.guard.places import PRODUCTION, addresses, names, unanswered


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "127.8.9.1",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.254",
        "192.168.1.1",
        "169.254.1.1",
        "::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
    ],
)
def test_loopback_and_addresses_that_no_public_network_carries_are_private(text: str) -> None:
    assert is_private(addresses(text)[0])


@pytest.mark.parametrize(
    "text",
    [
        "8.8.8.8",
        "172.15.0.1",
        "172.32.0.1",
        "192.169.0.1",
        "100.64.0.1",
        "2001:4860:4860::8888",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "64:ff9b:1::808:808",
        "2001::1",
        "2002:808:808::1",
        "203.0.113.7",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
    ],
)
def test_all_others_are_not(text: str) -> None:
    assert not is_private(addresses(text)[0])


@given(st.ip_addresses(v=4))
def test_an_address_in_the_disguise_of_the_other_family_is_judged_as_itself(address: object) -> None:
    assert is_private(addresses(f"::ffff:{address}")[0]) == is_private(addresses(str(address))[0])


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.Shop.test/", "www.shop.test"),
        ("https://www.shop.test.:8443/x", "www.shop.test"),
        ("http://user:word@www.shop.test/", "www.shop.test"),
        ("http://[::1]:80/", "::1"),
    ],
)
def test_a_host_s_name_is_the_same_however_it_is_written(url: str, host: str) -> None:
    assert host_of(url) == host


def test_a_target_s_addresses_come_out_of_their_disguise() -> None:
    assert target_addresses("http://a.test", names(a_test="::ffff:10.0.0.1 fd00::1")) == addresses(
        "10.0.0.1", "fd00::1"
    )


@pytest.mark.parametrize("url", ["http://nowhere.test/", f"http://{'a' * 70}.test/"])
def test_a_name_that_leads_nowhere_cannot_be_measured(url: str) -> None:
    with pytest.raises(Unmeasured, match="cannot be resolved"):
        target_addresses(url, names())


def test_a_name_that_no_name_server_could_ask_for_cannot_be_measured() -> None:
    def too_long(hostname: str) -> tuple[()]:
        hostname.encode("idna")
        return ()

    with pytest.raises(Unmeasured, match="cannot be resolved"):
        target_addresses(f"http://{'ä' * 70}.test/", too_long)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.shop.test",
        "http://www.shop.test:8080/other",
        "https://WWW.SHOP.TEST./",
        "https://user@www.shop.test/",
    ],
)
def test_production_by_name_is_refused_whatever_its_port_and_path(url: str) -> None:
    with pytest.raises(Refused, match="production"):
        refuse_production(url, addresses("10.0.0.1"), PRODUCTION, names(www_shop_test="203.0.113.7"))


@pytest.mark.parametrize("mine", ["203.0.113.8", "10.0.0.1 203.0.113.7"])
def test_an_address_that_production_has_is_refused(mine: str) -> None:
    resolve = names(www_shop_test="203.0.113.7 203.0.113.8")
    with pytest.raises(Refused, match=r"www\.shop\.test\) lives"):
        refuse_production("http://staging.test", addresses(*mine.split()), PRODUCTION, resolve)


def test_production_in_the_disguise_of_the_other_family_is_refused() -> None:
    with pytest.raises(Refused, match="production"):
        refuse_production(
            "http://staging.test", addresses("203.0.113.7"), PRODUCTION, names(www_shop_test="::ffff:203.0.113.7")
        )


def test_another_address_is_let_through() -> None:
    refuse_production("http://staging.test", addresses("203.0.113.9"), PRODUCTION, names(www_shop_test="203.0.113.7"))


def test_a_production_that_does_not_exist_shares_no_address() -> None:
    refuse_production("http://staging.test", addresses("203.0.113.9"), PRODUCTION, names())


def test_a_public_target_is_refused_while_nobody_can_say_where_production_is() -> None:
    with pytest.raises(Refused, match="cannot tell whether the target is production"):
        refuse_production("http://staging.test", addresses("203.0.113.9"), PRODUCTION, unanswered)


def test_a_private_target_needs_no_name_server() -> None:
    refuse_production("http://127.0.0.1", addresses("127.0.0.1"), PRODUCTION, unanswered)
