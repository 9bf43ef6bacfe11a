"""A visitor's browser against real servers that misbehave: each ends in the right failure, and none is waited for."""

from __future__ import annotations

import gzip
import resource
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from spikekit.engine.failure import RequestFailed, Stopped
from spikekit.engine.http.exchange import Reply
from spikekit.engine.plan import Host
from spikekit.engine.visitor.session import Session
from spikekit.site.model import Step, Tls
from spikekit.vocabulary import FailureKind
from tests.engine.plans import host, page_of, plan, step
from tests.engine.servers import OK, Peer, always, answering, deaf, serving
from tests.engine.worlds import world
from tests.ports import free_port

PATIENCE = 0.3


def _fetch(at: Host, *steps: Step, wanted: int = 1000, times: int = 1) -> Reply:
    """The last answer of one visitor's fetches."""
    with world(patience=PATIENCE) as made:
        session = Session(made)
        try:
            for _ in range(times):
                page = page_of(plan(*steps, at=at))
                request = page.render({}, session.cookies(at, page.target({})))
                deadline = made.clock() + PATIENCE
                reply = session.fetch(page, request, deadline=deadline, wanted=wanted)
            return reply
        finally:
            session.close()


def _failure(at: Host, *steps: Step, times: int = 1) -> RequestFailed:
    """How it failed, in little more than a visitor's patience."""
    began = time.perf_counter()
    with pytest.raises(RequestFailed) as failed:
        _fetch(at, *steps, times=times)
    assert time.perf_counter() - began < PATIENCE + 1.5
    return failed.value


def _at(port: int, **more: object) -> Host:
    return host(port=port, **more)


def test_a_port_that_nobody_listens_on_is_refused() -> None:
    assert _failure(_at(free_port())).kind is FailureKind.REFUSED


def test_a_server_that_says_nothing_is_left_at_the_deadline() -> None:
    with serving(lambda peer: peer.ended.wait(5)) as server:
        began = time.perf_counter()
        failed = _failure(_at(server.port))
        assert failed.kind is FailureKind.TIMEOUT
        assert time.perf_counter() - began >= PATIENCE


def test_a_server_that_does_not_take_the_call_is_told_from_one_that_does_not_answer() -> None:
    with deaf() as port:
        assert _failure(_at(port)).kind is FailureKind.CONNECT_TIMEOUT


def test_a_server_that_drips_is_left_at_the_deadline_all_the_same() -> None:
    def drip(start: bytes) -> None:
        def handle(peer: Peer) -> None:
            peer.hear()
            peer.say(start)
            while not peer.ended.wait(0.02):
                peer.say(b"x")

        with serving(handle) as server:
            assert _failure(_at(server.port)).kind is FailureKind.TIMEOUT, start

    drip(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    drip(b"HTTP/1.1 200 OK\r\n\r\n")


def test_a_connection_reset_in_the_middle_is_told_from_one_that_is_closed() -> None:
    def handle(peer: Peer) -> None:
        peer.hear()
        peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        peer.reset()

    with serving(handle) as server:
        assert _failure(_at(server.port)).kind is FailureKind.RESET
    with serving(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")) as server:
        assert _failure(_at(server.port)).kind is FailureKind.CLOSED


def test_a_server_that_hangs_up_on_a_fresh_connection_is_not_asked_again() -> None:
    with serving(lambda peer: peer.hear()) as server:
        assert _failure(_at(server.port)).kind is FailureKind.CLOSED
    assert len(server.connections) == 1


def test_what_is_no_http_is_told_as_that() -> None:
    with serving(answering(b"SSH-2.0-OpenSSH_9.6\r\n")) as server:
        assert _failure(_at(server.port)).kind is FailureKind.INVALID


def test_a_machine_without_descriptors_left_blames_itself() -> None:
    with serving(always(OK)) as server:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with socket.socket() as probe:
            lowest = probe.fileno()
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
        try:
            assert _failure(_at(server.port)).kind is FailureKind.NO_PORTS
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_headers_without_end_are_given_up() -> None:
    def handle(peer: Peer) -> None:
        peer.hear()
        peer.say(b"HTTP/1.1 200 OK\r\n")
        while not peer.ended.is_set():
            peer.say(b"X-More: and more\r\n" * 1000)

    with serving(handle) as server:
        assert _failure(_at(server.port)).kind is FailureKind.INVALID


def test_a_kept_connection_serves_page_after_page() -> None:
    with serving(always(OK)) as server:
        assert _fetch(_at(server.port), times=3).content() == b"ok"
    assert [len(requests) for requests in server.connections] == [3]


def test_a_kept_connection_that_was_closed_while_idle_is_opened_again_unnoticed() -> None:
    with serving(answering(OK)) as server:
        assert _fetch(_at(server.port), times=3).content() == b"ok"
    assert [len(requests) for requests in server.connections] == [1, 1, 1]


def test_a_kept_connection_closed_as_we_speak_is_opened_again_once() -> None:
    def handle(peer: Peer) -> None:
        if peer.hear() is not None:
            peer.say(OK)
            peer.hear()  # and hangs up on the second request without a word

    with serving(handle) as server:
        assert _fetch(_at(server.port), times=2).content() == b"ok"
    assert [len(requests) for requests in server.connections] == [2, 1]


def test_every_request_on_the_wire_counts_towards_the_target_s_limit() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"
    with serving(answering(moved, OK)) as server, world() as made:
        at = _at(server.port)
        page = page_of(plan(at=at))
        session = Session(made)
        session.fetch(page, page.render({}), deadline=made.clock() + 1, wanted=0)
        session.close()
        assert made.recorder.sent == len(server.requests) == 2


def test_an_answer_that_nobody_asked_for_ends_the_connection() -> None:
    with serving(always(OK + b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")) as server:
        assert _fetch(_at(server.port), times=2).status == 200
    assert [len(requests) for requests in server.connections] == [1, 1]


@pytest.mark.parametrize("said", [b"/next", b"http://shop.test:%d/next", b"//shop.test:%d/next", b"?x=1"])
def test_a_redirect_within_the_host_is_followed(said: bytes) -> None:
    def handle(peer: Peer) -> None:
        while (request := peer.hear()) is not None:
            first = request.startswith(b"GET / ")
            where = said % port if b"%d" in said else said
            peer.say(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + where + b"\r\n\r\n" if first else OK)

    with serving(handle) as server:
        port = server.port
        assert _fetch(_at(server.port)).content() == b"ok"
    assert server.requests[1].split(b" ")[1] in (b"/next", b"/?x=1")


@pytest.mark.parametrize(
    "where", [b"http://elsewhere.test/", b"https://shop.test/", b"//cdn.test/x", b"http://shop.test:1/", b"http://["]
)
def test_a_redirect_to_anywhere_else_is_recorded_and_not_followed(where: bytes) -> None:
    answer = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + where + b"\r\n\r\n"
    with serving(always(answer)) as server:
        failed = _failure(_at(server.port))
    assert failed.kind is FailureKind.REDIRECT
    assert where.decode() in failed.detail
    assert len(server.requests) == 1


def test_redirects_in_a_circle_end() -> None:
    with serving(always(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /\r\n\r\n")) as server:
        assert _failure(_at(server.port)).kind is FailureKind.REDIRECT
    assert len(server.requests) == 21


@pytest.mark.parametrize(
    ("status", "method", "body"), [(b"303", b"GET", b""), (b"302", b"GET", b""), (b"307", b"POST", b"a=1")]
)
def test_a_posted_form_goes_on_as_the_redirect_says(status: bytes, method: bytes, body: bytes) -> None:
    moved = b"HTTP/1.1 " + status + b" Moved\r\nContent-Length: 0\r\nLocation: /there\r\n\r\n"
    with serving(answering(moved, OK)) as server:
        assert _fetch(_at(server.port), step("POST", "/", form=(("a", "1"),))).status == 200
    assert server.requests[1].startswith(method + b" /there ")
    assert server.requests[1].partition(b"\r\n\r\n")[2] == body


def test_cookies_are_kept_told_and_forgotten() -> None:
    def answer(*cookies: bytes) -> bytes:
        return b"".join([b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", *cookies, b"\r\n"])

    said = (
        answer(b"Set-Cookie: sid=1; Path=/; HttpOnly\r\n", b"Set-Cookie: gone=x\r\n", b"Set-Cookie: old=y\r\n"),
        answer(b"Set-Cookie: sid=2\r\n", b"Set-Cookie: gone=; Max-Age=0\r\n"),
        answer(b"Set-Cookie: old=; Expires=Thu, 01 Jan 1970 00:00:00 GMT\r\n"),
        answer(),
    )
    with serving(answering(*said)) as server:
        _fetch(_at(server.port), times=4)
    told = [[h for h in r.split(b"\r\n") if h.startswith(b"Cookie: ")] for r in server.requests]
    assert told == [[], [b"Cookie: sid=1; gone=x; old=y"], [b"Cookie: sid=2; old=y"], [b"Cookie: sid=2"]]


def test_no_cookie_can_add_a_header() -> None:
    evil = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: a=b\tc\x80; x\r\n\r\n"
    with serving(always(evil)) as server:
        _fetch(_at(server.port), times=2)
    assert all(
        len(request.split(b"\r\n")) == len(server.requests[0].split(b"\r\n")) + 1 for request in server.requests[1:]
    )


def test_nothing_is_sent_once_the_lease_is_lost() -> None:
    with serving(always(OK)) as server, world() as made:
        made.lease.give_up("stopped by hand")
        page = page_of(plan(at=_at(server.port)))
        with pytest.raises(Stopped):
            Session(made).fetch(page, page.render({}), deadline=made.clock() + 1, wanted=0)
    assert server.connections == []


def test_connections_are_handed_on_only_where_the_plan_says_so() -> None:
    for reuse, connections in ((False, 3), (True, 1)):
        with serving(always(OK)) as server, world(reuse=reuse) as made:
            page = page_of(plan(at=_at(server.port)))
            for _ in range(3):
                session = Session(made)
                session.fetch(page, page.render({}), deadline=made.clock() + 1, wanted=0)
                session.close()
        assert len(server.connections) == connections


def test_cookies_are_never_handed_on_with_a_connection() -> None:
    with (
        serving(always(OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: sid=1\r\n\r\n"))) as server,
        world(reuse=True) as made,
    ):
        page = page_of(plan(at=_at(server.port)))
        for _ in range(2):
            session = Session(made)
            request = page.render({}, session.cookies(page.host, "/"))
            session.fetch(page, request, deadline=made.clock() + 1, wanted=0)
            session.close()
    assert not any(b"Cookie" in request for request in server.requests)


def test_a_bomb_costs_no_more_than_a_page() -> None:
    packed = gzip.compress(b"\x00" * 40_000_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    with serving(answering(head + packed)) as server:
        reply = _fetch(_at(server.port), wanted=4 << 20)
        assert len(reply.content()) == 4 << 20


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for shop.test that nobody signed but itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    made = folder / "certificate.pem", folder / "key.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=shop.test"
    names = ["-addext", "subjectAltName=DNS:shop.test", "-out", str(made[0]), "-keyout", str(made[1])]
    subprocess.run(["openssl", *words.split(), *names], check=True, capture_output=True)
    return made


@pytest.fixture(scope="module")
def expired(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same, but of a day in January 2020."""
    folder = tmp_path_factory.mktemp("expired")
    (folder / "index").touch()
    (folder / "ca.conf").write_text(
        "[ca]\ndefault_ca=here\n[here]\ndatabase=index\nrand_serial=yes\nnew_certs_dir=.\ndefault_md=sha256\n"
        "policy=any\ncopy_extensions=copy\n[any]\ncommonName=supplied\n"
    )
    asking = (
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=shop.test -out asked -keyout key"
    )
    signing = "ca -config ca.conf -batch -selfsign -in asked -keyfile key -out certificate -notext"
    dates = "-startdate 20200101000000Z -enddate 20200102000000Z"
    for words in (f"{asking} -addext subjectAltName=DNS:shop.test -out asked -keyout key", f"{signing} {dates}"):
        subprocess.run(["openssl", *words.split()], check=True, capture_output=True, cwd=folder)
    return folder / "certificate", folder / "key"


@pytest.fixture
def sealing(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    """The server's side of that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def test_a_certificate_that_nobody_vouches_for_is_a_tls_error(sealing: ssl.SSLContext) -> None:
    with serving(always(OK), tls=sealing) as server:
        failed = _failure(_at(server.port, scheme="https"))
    assert failed.kind is FailureKind.TLS
    assert "certificate" in failed.detail
    assert server.requests == []


def test_a_certificate_for_another_name_is_a_tls_error(sealing: ssl.SSLContext, certificate: tuple[Path, Path]) -> None:
    with serving(always(OK), tls=sealing) as server:
        at = _at(server.port, scheme="https", hostname="other.test", tls=Tls(ca_file=certificate[0]))
        assert _failure(at).kind is FailureKind.TLS


def test_a_certificate_whose_time_is_over_is_a_tls_error(expired: tuple[Path, Path]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*expired)
    with serving(always(OK), tls=context) as server:
        failed = _failure(_at(server.port, scheme="https", tls=Tls(ca_file=expired[0])))
    assert failed.kind is FailureKind.TLS
    assert "expired" in failed.detail


def test_pages_come_through_tls_where_the_certificate_is_known_or_need_not_be(
    sealing: ssl.SSLContext, certificate: tuple[Path, Path]
) -> None:
    for tls in (Tls(ca_file=certificate[0]), Tls(verify=False)):
        with serving(always(OK), tls=sealing) as server:
            assert _fetch(_at(server.port, scheme="https", tls=tls), times=3).content() == b"ok"
        assert [len(requests) for requests in server.connections] == [3]


def test_a_sealed_connection_closed_while_idle_is_opened_again_unnoticed(sealing: ssl.SSLContext) -> None:
    with serving(answering(OK), tls=sealing) as server:
        assert _fetch(_at(server.port, scheme="https", tls=Tls(verify=False)), times=2).content() == b"ok"
    assert len(server.connections) == 2


def test_a_server_without_tls_is_told_as_that() -> None:
    with serving(lambda peer: peer.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        assert _failure(_at(server.port, scheme="https")).kind is FailureKind.TLS


def test_a_handshake_that_never_ends_is_left_at_the_deadline() -> None:
    with serving(lambda peer: peer.ended.wait(5)) as server:
        assert _failure(_at(server.port, scheme="https")).kind is FailureKind.TIMEOUT


def test_a_handshake_cut_short_is_a_tls_error() -> None:
    with serving(lambda peer: None) as server:
        failed = _failure(_at(server.port, scheme="https"))
    assert failed.kind in (FailureKind.TLS, FailureKind.RESET)
