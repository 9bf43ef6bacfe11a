"""Where references lead: the same host, whatever way it is written, or nowhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.engine.http.reference import path_on
from tests.engine.plans import host


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("/basket", "/basket"),
        ("basket", "/books/basket"),
        ("../basket?a=1#top", "/basket?a=1"),
        ("?page=2", "/books/42?page=2"),
        ("http://shop.test/x", "/x"),
        ("http://shop.test:80/x", "/x"),
        ("HTTP://SHOP.TEST/x", "/x"),
        ("//shop.test/x", "/x"),
        ("http://shop.test", "/"),
        ("http://shop.test?a=1", "/?a=1"),
        ("  /spaces  ", "/spaces"),
        ("http://user:word@shop.test/x", "/x"),
        ("https://shop.test/x", None),
        ("http://shop.test:8080/x", None),
        ("http://www.shop.test/x", None),
        ("//cdn.test/x.js", None),
        ("http://shop.test@evil.test/x", None),
        ("mailto:a@shop.test", None),
        ("data:image/png;base64,AAAA", None),
        ("javascript:void(0)", None),
    ],
)
def test_a_reference_leads_to_a_path_of_the_same_host_or_nowhere(reference: str, target: str | None) -> None:
    assert path_on(host(), "/books/42", reference.encode()) == target


def test_a_path_beyond_ascii_is_read_as_browsers_read_it() -> None:
    assert path_on(host(), "/", "/caf\xe9".encode()) == "/caf\xe9"


@pytest.mark.parametrize("reference", [b"http://[::1", b"http://shop.test:port/", b"http://shop.test:99999/"])
def test_what_is_no_address_is_refused(reference: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        path_on(host(), "/", reference)


@given(st.binary(max_size=60))
def test_no_reference_whatever_leads_off_the_host(reference: bytes) -> None:
    try:
        target = path_on(host(), "/books/42", reference)
    except ValueError:
        return
    assert target is None or target.startswith("/")
