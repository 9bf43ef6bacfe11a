"""What a browser may keep, for how long, and how it asks about it afterwards."""

from __future__ import annotations

import pytest

from spikekit.engine.http.exchange import Reply
from spikekit.engine.http.freshness import Kept, kept

DATE = b"Date: Sun, 22 Nov 2026 08:00:00 GMT"


def _reply(*headers: bytes, status: bytes = b"200 OK") -> Reply:
    reply = Reply()
    reply.feed(b"\r\n".join([b"HTTP/1.1 " + status, *headers, b"Content-Length: 0", b"", b""]))
    return reply


@pytest.mark.parametrize(
    ("headers", "fresh_seconds"),
    [
        ([b"Cache-Control: max-age=60"], 60),
        ([b"Cache-Control: public, max-age=31536000, immutable"], 31536000),
        ([b"Cache-Control: max-age=60", b"Age: 45"], 15),
        ([b"Cache-Control: s-maxage=600, max-age=60"], 60),
        ([b"Cache-Control: max-age=60", DATE, b"Expires: Sun, 22 Nov 2020 08:00:00 GMT"], 60),
        ([DATE, b"Expires: Sun, 22 Nov 2026 08:01:00 GMT"], 60),
        # Nothing said but its age: a tenth of it.
        ([DATE, b"Last-Modified: Sun, 22 Nov 2026 07:50:00 GMT"], 60),
    ],
)
def test_fresh_for_as_long_as_the_server_says(headers: list[bytes], fresh_seconds: float) -> None:
    found = kept(_reply(*headers), 1000.0)
    assert found is not None
    assert found.fresh_until == pytest.approx(1000.0 + fresh_seconds)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([b"Cache-Control: no-store, max-age=60", b'ETag: "1"'], b"200 OK"),
        ([], b"200 OK"),
        ([b"Cache-Control: no-cache"], b"200 OK"),
        ([b"Cache-Control: max-age=60"], b"404 Not Found"),
        ([b"Cache-Control: max-age=60"], b"500 Oops"),
        ([DATE, b"Expires: 0"], b"200 OK"),
    ],
)
def test_what_cannot_serve_again_is_not_kept(headers: list[bytes], status: bytes) -> None:
    assert kept(_reply(*headers, status=status), 0.0) is None


def test_what_is_stale_is_asked_about() -> None:
    found = kept(
        _reply(b"Cache-Control: no-cache", b'ETag: "a1"', b"Last-Modified: Sun, 22 Nov 2026 07:00:00 GMT"), 0.0
    )
    assert found is not None
    assert found.fresh_until <= 0.0
    assert found.conditions == b'If-None-Match: "a1"\r\nIf-Modified-Since: Sun, 22 Nov 2026 07:00:00 GMT\r\n'


def test_a_confirmation_makes_it_fresh_again_and_leaves_its_marks() -> None:
    before = Kept(0.0, b'If-None-Match: "a1"\r\n')
    found = kept(_reply(b"Cache-Control: max-age=60", status=b"304 Not Modified"), 100.0, before)
    assert found == Kept(160.0, b'If-None-Match: "a1"\r\n')


@pytest.mark.parametrize("tag", [b'"a\tb"', b'"' + b"x" * 2000 + b'"'])
def test_no_mark_can_break_a_request(tag: bytes) -> None:
    found = kept(_reply(b"Cache-Control: max-age=60", b"ETag: " + tag), 0.0)
    assert found == Kept(60.0, b"")
