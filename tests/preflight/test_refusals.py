"""What is seen of targets that refuse, die, ask for something or have lost it."""

from __future__ import annotations

import time

import pytest

from spikekit.preflight.finding import Weight
from spikekit.site.model import Limits, Secret
from spikekit.vocabulary import ExitCode
from tests.engine.servers import Peer, always, serving
from tests.ports import free_port
from tests.preflight.conftest import OPEN, REFUSAL, found, look
from tests.preflight.fronts import Fronts


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "answers 403"),
        (b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n", "answers 429"),
        (b"HTTP/1.1 403 No\r\ncf-mitigated: challenge\r\nContent-Length: 0\r\n\r\n", "a challenge of Cloudflare"),
        (b"HTTP/1.1 202 Ok\r\nx-amzn-waf-action: challenge\r\nContent-Length: 0\r\n\r\n", "a challenge of AWS WAF"),
    ],
)
def test_who_refuses_a_single_visitor_refuses_us_and_not_a_load(answer: bytes, words: str) -> None:
    with serving(always(answer)) as server:
        looked = look(f"http://127.0.0.1:{server.port}")
    assert words in found(looked)["blocked"].text
    assert looked.code is ExitCode.INCONCLUSIVE
    assert len(server.requests) == 3


def test_who_refuses_click_ids_or_a_fifth_request_is_found_out() -> None:
    """A wall that knows no such parameter, and one that counts to four: the probe, the page and two repeats."""

    def wary(peer: Peer) -> None:
        while (request := peer.hear()) is not None:
            peer.say(OPEN % (b"", b"keep-alive") if b"fbclid" not in request else REFUSAL)

    page = OPEN % (b"", b"keep-alive")
    answers = iter([page] * 4)

    def counting(peer: Peer) -> None:
        while peer.hear() is not None:
            peer.say(next(answers, REFUSAL))

    for wall, words in ((wary, "403 to a single visitor, but not without the click id"), (counting, "request 4 of")):
        with serving(wall) as server:
            looked = look(f"http://127.0.0.1:{server.port}")
        assert words in found(looked)["blocked"].text
        assert looked.code is ExitCode.INCONCLUSIVE


def test_the_look_goes_no_faster_than_the_target_s_own_limit() -> None:
    moments: list[float] = []

    def noting(peer: Peer) -> None:
        while peer.hear() is not None:
            moments.append(time.perf_counter())
            peer.say(OPEN % (b"", b"keep-alive"))

    with serving(noting) as server:
        looked = look(f"http://127.0.0.1:{server.port}", limits=Limits(requests_per_second=20))
    assert looked.requests == len(moments)
    assert moments[-1] - moments[0] >= 0.9 * (len(moments) - 1) / 20


def test_a_cookie_that_only_says_the_language_may_be_kept() -> None:
    kept = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nAge: 5\r\nSet-Cookie: lang=en; Path=/\r\n\r\nok"
    with serving(always(kept)) as server:
        looked = look(f"http://127.0.0.1:{server.port}")
    assert "cookies" not in found(looked)
    assert looked.code is ExitCode.DONE


def test_files_that_are_gone_or_kept_by_nobody_cost_every_visitor_a_request() -> None:
    page = b'<script src="/gone.js"></script><img src="/fresh.png"><img src="/kept.png">'
    answers = {
        b"/gone.js": b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
        b"/fresh.png": b"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 1\r\n\r\nx",
        b"/kept.png": b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 1\r\n\r\nx",
    }

    def shop(peer: Peer) -> None:
        while (request := peer.hear()) is not None:
            whole = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (len(page), page)
            peer.say(answers.get(request.split(b" ")[1], whole))

    with serving(shop) as server:
        files = found(look(f"http://127.0.0.1:{server.port}"))["files"]
    assert files.figures == {"files_failed": 1, "files_uncached": 1}
    assert "/gone.js: 404" in files.text
    assert "/fresh.png: cache-control" in files.text.lower()


def test_a_landing_page_that_is_not_there_is_told(front: Fronts) -> None:
    seen = found(look(front.url("plain"), "/nowhere"))
    assert "answers 404" in seen["page"].text


def test_a_target_that_dies_while_it_is_looked_at_leaves_what_was_seen() -> None:
    """The probe and three pages, then nobody: on no connection, however often one is opened."""
    page = OPEN % (b"Age: 7\r\n", b"keep-alive")
    answers = iter([page] * 4)

    def handle(peer: Peer) -> None:
        while peer.hear() is not None:
            answer = next(answers, None)
            if answer is None:
                peer.reset()
                return
            peer.say(answer)

    with serving(handle) as server:
        looked = look(f"http://127.0.0.1:{server.port}")
    seen = found(looked)
    assert seen["cache"].weight is Weight.FINE
    assert "ended early" in seen["cut_short"].text


def test_who_answers_the_knock_but_no_visitor_stands_in_the_way() -> None:
    answers = iter([OPEN % (b"", b"keep-alive")])

    def handle(peer: Peer) -> None:
        while peer.hear() is not None:
            peer.say(next(answers, b"SSH-2.0-OpenSSH_9.2\r\n"))

    with serving(handle) as server:
        looked = look(f"http://127.0.0.1:{server.port}")
    assert found(looked)["cut_short"].weight is Weight.PROBLEM
    assert "redirects" not in found(looked)
    assert looked.code is ExitCode.INCONCLUSIVE
    assert looked.requests == len(server.requests) == 2


def test_without_leave_nothing_is_sent(front: Fronts) -> None:
    with serving(always(OPEN % (b"", b"keep-alive"))) as server:
        looked = look(f"http://127.0.0.1:{server.port}", consent="file")
    assert looked.code is ExitCode.REFUSED
    assert looked.requests == 0
    assert [b"spikekit-consent" in request for request in server.requests] == [True]
    assert look(f"http://127.0.0.1:{free_port()}").code is ExitCode.INCONCLUSIVE


def test_every_request_carries_what_the_target_asks_of_each() -> None:
    headers = (("X-Load-Test", "spikekit"), ("Cookie", "staging=open"))
    with serving(always(OPEN % (b"", b"keep-alive"))) as server:
        looked = look(f"http://127.0.0.1:{server.port}", headers=headers)
    assert looked.requests == len(server.requests) > 1
    for request in server.requests:
        assert b"X-Load-Test: spikekit" in request
        assert b"Cookie: staging=open" in request


def test_what_the_server_says_of_our_secrets_is_not_repeated() -> None:
    """A token comes back in a redirect and in a cookie's name, both of which are shown."""
    location = b"HTTP/1.1 302 Found\r\nLocation: http://other.test/?t=s3cr3t-token\r\nContent-Length: 0\r\n\r\n"
    headers = (("Authorization", Secret(name="TOKEN")),)
    with serving(always(location)) as server:
        looked = look(f"http://127.0.0.1:{server.port}", headers=headers, environ={"TOKEN": "Bearer s3cr3t-token"})
    assert any(b"s3cr3t-token" in request for request in server.requests)
    assert "s3cr3t" not in repr(looked)
    assert "env:TOKEN" in found(looked)["redirects"].text
