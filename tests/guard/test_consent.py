"""The target's own word: what it means, how long its silence is borne, and asking for it over real sockets."""

from __future__ import annotations

import itertools

import httpx
import pytest

from spikekit.errors import Refused
from spikekit.guard.consent import (
    ASK_EVERY_SECONDS,
    BORNE_SECONDS,
    Answer,
    ConsentDesk,
    ConsentWatch,
    Word,
    interpret,
)
from tests.engine.servers import Peer, always, answering, serving
from tests.guard.places import addresses, target
from tests.ports import free_port

GIVEN = Answer(word=Word.GIVEN, why="consent given")
SILENT = Answer(word=Word.SILENT, why="status 503")
WITHDRAWN = Answer(word=Word.WITHDRAWN, why="status 404")


@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        (200, "bookshop", Word.GIVEN),
        (200, "  bookshop\r\n", Word.GIVEN),
        (200, "", Word.WITHDRAWN),
        (200, "bookshop2", Word.WITHDRAWN),
        (200, "Bookshop", Word.WITHDRAWN),
        (200, "<html>bookshop</html>", Word.WITHDRAWN),
        (204, "bookshop", Word.WITHDRAWN),
        (301, "bookshop", Word.WITHDRAWN),
        (401, "bookshop", Word.WITHDRAWN),
        (404, "bookshop", Word.WITHDRAWN),
        (410, "", Word.WITHDRAWN),
        (429, "", Word.SILENT),
        (500, "bookshop", Word.SILENT),
        (503, "", Word.SILENT),
        (599, "", Word.SILENT),
    ],
)
def test_only_the_site_s_own_name_is_consent_and_a_server_under_load_is_silent(
    status: int, body: str, word: Word
) -> None:
    assert interpret(status, body, "bookshop").word is word


def test_what_a_stranger_answers_cannot_write_to_the_terminal() -> None:
    assert "\x1b" not in interpret(200, "\x1b[2Jgone", "bookshop").why


def test_consent_withdrawn_ends_the_run_at_once() -> None:
    assert "withdrew its consent: status 404" in (ConsentWatch(0.0).hear(WITHDRAWN, 1.0) or "")


def test_silence_is_noted_and_borne_for_three_minutes() -> None:
    watch, now = ConsentWatch(1000.0), 1000.0
    while (now := now + ASK_EVERY_SECONDS) - 1000.0 < BORNE_SECONDS:
        assert watch.hear(SILENT, now) is None
    assert "no word of consent for 3 minutes" in (watch.hear(SILENT, now) or "")
    assert all("status 503" in note for note in watch.notes)


def test_every_word_of_consent_begins_the_three_minutes_anew() -> None:
    watch = ConsentWatch(0.0)
    for minute in range(1, 60):
        answer = GIVEN if minute % 3 == 0 else SILENT
        assert watch.hear(answer, 60.0 * minute) is None


def _desk(port: int, **more: object) -> ConsentDesk:
    return ConsentDesk(target(f"http://staging.test:{port}/shop", consent="file"), "bookshop", {}, **more)


def _reply(body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 " + status + b"\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body


def test_the_file_is_asked_for_at_the_address_under_the_target_s_own_name_and_headers() -> None:
    with serving(always(_reply(b"bookshop\n"))) as server:
        desk = ConsentDesk(target(f"http://staging.test:{server.port}/shop"), "bookshop", {"X-Load-Test": "spikekit"})
        assert desk.ask(addresses("127.0.0.1")[0]).word is Word.GIVEN
        desk.require(addresses("127.0.0.1"))
    request = server.requests[0].lower()
    assert request.startswith(b"get /.well-known/spikekit-consent http/1.1\r\n")
    assert b"\r\nhost: staging.test:%d\r\n" % server.port in request
    assert b"\r\nx-load-test: spikekit\r\n" in request


def test_without_consent_the_run_is_refused_with_what_to_do() -> None:
    with serving(always(_reply(b"", b"404 Not Found"))) as server, pytest.raises(Refused) as refused:
        _desk(server.port).require(addresses("127.0.0.1"))
    assert "status 404" in refused.value.message
    assert "/.well-known/spikekit-consent" in (refused.value.hint or "")


def test_every_address_must_give_it() -> None:
    with serving(always(_reply(b"bookshop"))) as server, pytest.raises(Refused, match=r"127\.0\.0\.2"):
        _desk(server.port).require(addresses("127.0.0.1", "127.0.0.2"))


def test_nobody_there_is_silence() -> None:
    answer = _desk(free_port()).ask(addresses("127.0.0.1")[0])
    assert answer.word is Word.SILENT
    assert "no answer" in answer.why


def test_nonsense_is_silence() -> None:
    with serving(answering(b"SSH-2.0-OpenSSH_9.6\r\n")) as server:
        assert _desk(server.port).ask(addresses("127.0.0.1")[0]).word is Word.SILENT


def test_a_redirect_is_not_followed() -> None:
    with serving(always(_reply(b"", b"302 Found\r\nLocation: /yes"))) as server:
        assert _desk(server.port).ask(addresses("127.0.0.1")[0]).word is Word.WITHDRAWN
    assert len(server.requests) == 1


def test_a_body_without_end_is_no_consent_and_is_not_waited_for() -> None:
    def handle(peer: Peer) -> None:
        peer.hear()
        peer.say(b"HTTP/1.1 200 OK\r\n\r\nbookshop")
        while not peer.ended.is_set():
            peer.say(b" and more" * 100)

    with serving(handle) as server:
        assert _desk(server.port).ask(addresses("127.0.0.1")[0]).word is Word.WITHDRAWN


def test_a_body_that_drips_is_left_after_ten_seconds() -> None:
    clock = itertools.count(0.0, 3.0)
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=itertools.repeat(b" ")))
    answer = _desk(80, transport=transport, clock=lambda: next(clock)).ask(addresses("127.0.0.1")[0])
    assert answer.word is Word.SILENT
    assert next(clock) <= 21
