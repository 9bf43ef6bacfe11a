"""Addresses are made comparable, so that production cannot be named in another spelling."""

from __future__ import annotations

import pytest

from spikekit.site.address import base_url, host_of


@pytest.mark.parametrize(
    ("written", "url", "host"),
    [
        ("https://Example.COM/", "https://example.com", "example.com"),
        ("HTTP://example.com.:8080", "http://example.com:8080", "example.com"),
        ("http://[::1]:80/", "http://[::1]:80", "::1"),
        ("https://bücher.example", "https://xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_one_host_has_one_spelling(written: str, url: str, host: str) -> None:
    assert base_url(written) == url
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("example.com", "it begins with http:// or https://"),
        ("https://", "it has no host"),
        ("https://a b.example", "it cannot hold spaces"),
        ("https://a.example\\@b.example", "it cannot hold spaces"),
        ("https://user@a.example", "no name or password in an address; put them into headers as env:NAME"),
        ("https://a.example:99999", "a port is a number up to 65535"),
        ("https://a.example:0", "there is no port 0"),
        ("https://a.example/?x=1", "leave the path out; landing and steps name their own"),
        ("https://a%2eexample", "its host is no host name"),
        ("https://[::1", "it is not an address"),
    ],
)
def test_an_address_that_cannot_be_meant_says_why(text: str, note: str) -> None:
    with pytest.raises(ValueError, match=r".*") as caught:
        base_url(text)
    assert str(caught.value) == note
