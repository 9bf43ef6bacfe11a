"""Answers as servers send them, in whatever pieces the network delivers."""

from __future__ import annotations

import gzip
import zlib
from itertools import pairwise
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.engine.failure import RequestFailed
from spikekit.engine.http.connection import Connection
from spikekit.engine.http.exchange import MAX_BODY_BYTES, MAX_HEAD_BYTES, MAX_TEXT_BYTES, Reply, ask, read_answer
from spikekit.vocabulary import FailureKind

ALL = MAX_TEXT_BYTES


class Wire:
    """Delivers pieces, then the end of the stream, which may be read once: whoever reads on would wait for ever."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = iter([*(p for p in pieces if p), b""])
        self.sent = b""

    def send(self, data: bytes) -> None:
        """What was asked."""
        self.sent += data

    def receive(self) -> bytes:
        """The next piece."""
        return next(self._pieces)


def _read(*pieces: bytes, bodiless: bool = False, wanted: int = ALL, reply: Reply | None = None) -> Reply:
    reply = reply or Reply()
    _exchange(Wire(list(pieces)), reply, bodiless=bodiless, wanted=wanted)
    return reply


def _exchange(wire: Wire, reply: Reply, *, bodiless: bool = False, wanted: int = 0) -> None:
    connection = cast(Connection, wire)
    read_answer(connection, reply, ask(connection, b"GET"), b"GET", bodiless=bodiless, wanted=wanted)


def _pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(min(c, len(data)) for c in cuts), len(data)]
    return [data[a:b] for a, b in pairwise(places)]


def _with_length(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _chunked(body: bytes, size: int, *headers: bytes) -> bytes:
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in parts)
    head = b"\r\n".join([b"HTTP/1.1 200 OK", b"Transfer-Encoding: chunked", *headers])
    return head + b"\r\n\r\n" + chunks + b"0\r\n\r\n"


bodies = st.binary(max_size=300)
cuts = st.lists(st.integers(0, 600), max_size=12)


@given(bodies, cuts)
def test_a_body_of_known_length_is_whole_however_it_is_cut(body: bytes, cut: list[int]) -> None:
    reply = _read(*_pieces(_with_length(body), cut))
    assert (reply.status, reply.content(), reply.complete, reply.keep_alive) == (200, body, True, True)


@given(bodies, st.integers(1, 40), cuts)
def test_a_body_in_chunks_is_whole_however_it_is_cut(body: bytes, size: int, cut: list[int]) -> None:
    reply = _read(*_pieces(_chunked(body, size), cut))
    assert (reply.status, reply.content(), reply.keep_alive) == (200, body, True)


@given(bodies, st.sampled_from(["gzip", "deflate", "raw"]), st.booleans(), cuts)
def test_a_packed_body_is_unpacked(body: bytes, coding: str, in_chunks: bool, cut: list[int]) -> None:
    packed = {"gzip": gzip.compress(body), "deflate": zlib.compress(body), "raw": body}[coding]
    header = b"Content-Encoding: " + coding.encode() if coding != "raw" else b"X-Raw: 1"
    answer = _chunked(packed, 30, header) if in_chunks else _with_length(packed, header)
    assert _read(*_pieces(answer, cut)).content() == body


@given(bodies, cuts)
def test_a_body_that_only_the_close_ends_is_whole_and_ends_the_connection(body: bytes, cut: list[int]) -> None:
    reply = _read(*_pieces(b"HTTP/1.1 200 OK\r\nX: 1\r\n\r\n" + body, cut))
    assert (reply.status, reply.content(), reply.complete, reply.keep_alive) == (200, body, True, False)


@given(st.lists(st.sampled_from([b"100 Continue", b"102 Processing", b"103 Early Hints"]), max_size=3), bodies, cuts)
def test_what_is_only_announced_is_not_the_answer(said: list[bytes], body: bytes, cut: list[int]) -> None:
    early = b"".join(b"HTTP/1.1 " + status + b"\r\nLink: </a.css>\r\n\r\n" for status in said)
    reply = _read(*_pieces(early + _with_length(body), cut))
    assert (reply.status, reply.content(), reply.keep_alive) == (200, body, True)
    assert reply.header(b"link") is None


@given(st.sampled_from([b"204 No Content", b"304 Not Modified"]), st.booleans(), cuts)
def test_an_answer_without_a_body_is_complete_at_its_headers(status: bytes, length: bool, cut: list[int]) -> None:
    header = b"Content-Length: 10\r\n" if length else b""
    reply = _read(*_pieces(b"HTTP/1.1 " + status + b"\r\n" + header + b"\r\n", cut))
    assert (reply.status, reply.content(), reply.complete) == (int(status[:3]), b"", True)


@given(cuts)
def test_an_answer_to_head_is_complete_at_its_headers(cut: list[int]) -> None:
    reply = _read(*_pieces(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", cut), bodiless=True)
    assert (reply.status, reply.complete) == (200, True)


@given(st.binary(min_size=1, max_size=300), st.booleans(), st.integers(1, 200), cuts)
def test_a_connection_closed_before_the_whole_answer_is_closed_early(
    body: bytes, in_chunks: bool, missing: int, cut: list[int]
) -> None:
    whole = _chunked(body, 30) if in_chunks else _with_length(body)
    # Of the headers at least: whatever is cut off, the answer was begun.
    kept = whole[: max(len(whole) - missing, 1)]
    with pytest.raises(RequestFailed) as failed:
        _read(*_pieces(kept, cut))
    assert failed.value.kind is FailureKind.CLOSED


def test_a_connection_closed_without_a_word_is_closed_early() -> None:
    with pytest.raises(RequestFailed) as failed:
        _read()
    assert failed.value.kind is FailureKind.CLOSED
    assert "without an answer" in failed.value.detail


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"<html>hello</html>\r\n\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 20x OK\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=\x00\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        b"\x00" * 100,
    ],
)
def test_what_is_not_http_is_told_as_that(said: bytes) -> None:
    with pytest.raises(RequestFailed) as failed:
        _read(said)
    assert failed.value.kind is FailureKind.INVALID
    assert failed.value.detail


@given(st.binary(max_size=400), cuts)
def test_no_bytes_whatever_do_anything_but_answer_or_fail(said: bytes, cut: list[int]) -> None:
    reply = Reply()
    kind = None
    try:
        _read(*_pieces(b"HTTP/1.1 " + said, cut), reply=reply)
    except RequestFailed as failed:
        kind = failed.kind
    assert kind in (FailureKind.INVALID, FailureKind.CLOSED) or reply.complete
    assert isinstance(reply.content(), bytes)


@given(bodies, st.sampled_from([b"HTTP/1.1 500 Oops\r\nSet-Cookie: a=b\r\nContent-Length: 3\r\n\r\nbad", b"x", b"HT"]))
def test_an_answer_that_nobody_asked_for_changes_nothing_and_ends_the_connection(body: bytes, more: bytes) -> None:
    reply = _read(_with_length(body) + more)
    assert (reply.status, reply.content(), reply.header(b"set-cookie")) == (200, body, None)
    assert not reply.keep_alive


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (_with_length(b"x", b"Connection: close"), False),
        (_with_length(b"x", b"Connection: keep-alive"), True),
        (_with_length(b"x").replace(b"HTTP/1.1", b"HTTP/1.0"), False),
        (_with_length(b"x", b"Connection: keep-alive").replace(b"HTTP/1.1", b"HTTP/1.0"), True),
    ],
)
def test_a_connection_is_kept_where_the_server_says_so(said: bytes, kept: bool) -> None:
    assert _read(said).keep_alive is kept


def test_one_reader_serves_answer_after_answer() -> None:
    reply = Reply()
    for body in (b"one", b"", b"three"):
        _read(_with_length(body, b"X: " + body), reply=reply)
        assert (reply.status, reply.content(), reply.header(b"x")) == (200, body, body)


def test_only_what_is_wanted_of_a_body_is_kept() -> None:
    reply = _read(*[_with_length(b"x" * 100_000)[i : i + 1000] for i in range(0, 100_100, 1000)], wanted=300)
    assert reply.complete
    assert 300 <= sum(len(part) for part in reply.body) < 3000


def test_a_bomb_is_unpacked_no_further_than_anybody_reads() -> None:
    packed = gzip.compress(b"\x00" * (3 * MAX_TEXT_BYTES))
    assert len(_read(_with_length(packed, b"Content-Encoding: gzip")).content()) == MAX_TEXT_BYTES


def test_a_body_that_is_not_packed_as_it_says_is_taken_as_it_came() -> None:
    assert _read(_with_length(b"plain", b"Content-Encoding: gzip")).content() == b"plain"


def test_headers_without_end_are_given_up() -> None:
    class Endless(Wire):
        def receive(self) -> bytes:
            return b"X-More: and more\r\n" * 1000

    for start in (b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 Continue\r\n"):
        wire, reply = Endless([]), Reply()
        reply.reset(b"")
        reply.feed(start)
        with pytest.raises(RequestFailed) as failed:
            _exchange(wire, reply)
        assert failed.value.kind is FailureKind.INVALID
        assert f"{MAX_HEAD_BYTES >> 10} kB" in failed.value.detail


def test_announcements_without_end_are_given_up() -> None:
    class Announcing(Wire):
        def receive(self) -> bytes:
            return b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 100

    with pytest.raises(RequestFailed) as failed:
        _exchange(Announcing([]), Reply())
    assert failed.value.kind is FailureKind.INVALID


def test_a_body_without_end_is_given_up() -> None:
    class Pouring(Wire):
        pieces = 0

        def receive(self) -> bytes:
            self.pieces += 1
            return b"HTTP/1.1 200 OK\r\n\r\n" if self.pieces == 1 else b"x" * (1 << 20)

    with pytest.raises(RequestFailed) as failed:
        _exchange(Pouring([]), Reply())
    assert failed.value.kind is FailureKind.TOO_LARGE
    assert f"{MAX_BODY_BYTES >> 20} MB" in failed.value.detail


def test_trailers_are_no_headers_and_extensions_of_chunks_no_body() -> None:
    said = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b'5;name=value;quoted="a b"\r\nhello\r\n4\r\n you\r\n'
        b"0;last\r\nSet-Cookie: evil=1\r\nContent-Encoding: gzip\r\n\r\n"
    )
    reply = _read(said)
    assert (reply.content(), reply.header(b"set-cookie"), reply.sets_cookies) == (b"hello you", None, False)
    assert reply.keep_alive


@given(cuts)
def test_lines_that_end_as_old_programs_end_them_are_read(cut: list[int]) -> None:
    reply = _read(*_pieces(b"HTTP/1.1 200\nContent-Length: 5\nX: 1\n\nhello", cut))
    assert (reply.status, reply.content(), reply.header(b"x")) == (200, b"hello", b"1")


def test_an_answer_knows_what_was_asked() -> None:
    assert _read(_with_length(b"x")).asked == b"GET"
