"""What is seen of a target before any load, against real servers of every habit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from spikekit.preflight.finding import Finding, Weight
from spikekit.preflight.strength import Need
from spikekit.preflight.target import Looked, look_at_target
from spikekit.preflight.visit import MOST_ASSETS, MOST_REQUESTS
from spikekit.profile.curve import RateCurve
from spikekit.shop.process import ShopProcess
from spikekit.shop.settings import Settings
from spikekit.site.model import Limits, Objectives, Production, Secret, Site, Target, Tls
from spikekit.trial.plain import PlainLoad, asked_load
from spikekit.vocabulary import ChannelKind, ExitCode
from tests.engine.servers import Peer, always, answering, serving
from tests.ports import free_port
from tests.preflight.fronts import Fronts, fronts

NOW = datetime.now(UTC)
SERVICE_SECONDS = 0.1
REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
OPEN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/html\r\n%bConnection: %b\r\n\r\nok"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fronts]:
    """nginx before a shop that needs 100 ms for every page."""
    with (
        ShopProcess(Settings(slots=40, service_seconds=SERVICE_SECONDS)) as shop,
        fronts(tmp_path_factory.mktemp("fronts"), shop.url) as started,
    ):
        yield started


def look(
    url: str,
    path: str = "/books",
    *,
    need: Need | None = None,
    environ: dict[str, str] | None = None,
    production: str = "http://www.bookshop.example",
    objectives: Objectives | None = None,
    others: tuple[str, ...] = (),
    **target: object,
) -> Looked:
    """Look at the target as the command does; ``others`` are landing pages that bring fewer visitors."""
    site = Site(
        name="bookshop",
        production=Production(url=production),
        targets=(Target(**{"name": "staging", "url": url, "consent": "private", **target}),),
        objectives=objectives or Objectives(),
        journeys=(),
    )
    asked = asked_load(PlainLoad(rate=2, duration_seconds=1, path=path), site, command="", inputs={})
    (busiest,) = asked.profile.streams
    fewer = replace(busiest, curve=RateCurve.constant(1.0, 1.0), kind=ChannelKind.EMAIL)
    streams = (busiest, *(replace(fewer, landing=other) for other in others))
    asked = replace(asked, profile=replace(asked.profile, streams=streams))
    return look_at_target(asked, lambda _asked: need, environ or {}, now=NOW)


def found(looked: Looked) -> dict[str, Finding]:
    return {finding.name: finding for finding in looked.findings}


def campaign(*, peak: float = 850.0, launch: datetime = NOW) -> Need:
    return Need(visitors_per_second=1, requests_per_second=1, inside=1, campaign_peak=peak, launch=launch)


def test_a_cache_that_takes_each_click_for_another_page_is_found_with_what_it_costs(front: Fronts) -> None:
    """The shop needs 100 ms by construction; the cache answers in a fraction of that, so a click costs many pages."""
    seen = found(look(front.url("keyed")))
    assert seen["cache"].weight is Weight.FINE
    marks = seen["click_ids"]
    assert marks.weight is Weight.WARNING
    assert marks.figures["click_id_seconds"] > 0.9 * SERVICE_SECONDS > 2 * marks.figures["plain_seconds"]
    assert marks.figures["ratio"] > 2
    assert "defeats the cache" in marks.text
    assert "proxy_cache_key" in (marks.hint or "")


def test_the_landing_page_s_files_are_counted_where_its_visitors_end_up() -> None:
    with ShopProcess(Settings()) as shop:
        looked = look(shop.url)
    (seen,) = looked.asked.pages.seen.values()
    assert seen == found(looked)["weight"].figures["requests_per_visit"] > 3


def test_a_cache_that_leaves_click_ids_out_of_its_key_is_praised(front: Fronts) -> None:
    marks = found(look(front.url("stripped")))["click_ids"]
    assert (marks.weight, marks.hint) == (Weight.FINE, None)
    assert marks.figures["click_id_seconds"] < SERVICE_SECONDS


def test_a_cache_that_does_not_say_so_is_told_by_its_times(front: Fronts) -> None:
    seen = found(look(front.url("untold")))
    assert "whether by a cache or not" in seen["cache"].text
    assert "seems to pass a cache by" in seen["click_ids"].text


def test_a_cache_that_hands_one_session_to_everybody_stands_in_the_way(front: Fronts) -> None:
    looked = look(front.url("sharing"))
    cookie = found(looked)["cookies"]
    assert cookie.weight is Weight.PROBLEM
    assert "session" in cookie.text
    assert looked.code is ExitCode.INCONCLUSIVE


def test_a_page_that_no_cache_may_keep_says_why_and_what_the_peak_means(front: Fronts) -> None:
    """850 visitors/s × 100 ms are 85 pages in the making at once (Little's law)."""
    with ShopProcess(Settings(slots=40, service_seconds=SERVICE_SECONDS)) as shop:
        seen = found(look(shop.url, need=campaign(peak=850)))
    assert "private, no-store" in seen["cache"].text
    assert "sets a cookie" in seen["cache"].text
    assert seen["cache"].figures["service_seconds"] * 850 >= 850 * SERVICE_SECONDS * 0.9
    assert "in the making at once" in seen["cache"].text
    assert (seen["cookies"].weight, seen["click_ids"].weight) == (Weight.WARNING, Weight.FINE)


def test_every_redirect_costs_each_visitor_a_request(front: Fronts) -> None:
    redirects = found(look(front.url("sealed"), "/go", tls=Tls(ca_file=front.certificate)))["redirects"]
    assert redirects.weight is Weight.WARNING
    assert redirects.figures["redirects"] == 2
    assert "the page itself costs each visitor 3 requests instead of 1 because of 2 redirects" in redirects.text
    assert "/go (301) → /on (302) → /page.html" in redirects.text
    assert "fbclid" not in redirects.text


def test_a_visit_s_requests_are_the_same_number_wherever_they_are_told(front: Fronts) -> None:
    """Two redirects, the page and its 13 files: 16, for whoever weighs them and for the load."""
    looked = look(front.url("sealed"), "/go", tls=Tls(ca_file=front.certificate))
    seen = found(looked)
    assert "16 requests a visit, 2 redirects among them" in seen["weight"].text
    assert {seen[name].figures["requests_per_visit"] for name in ("weight", "connections")} == {16}
    assert looked.asked.pages.seen == {"/go": 16}


def test_a_redirect_that_takes_the_mark_off_spares_the_cache(front: Fronts) -> None:
    for path in ("/clean", "/half"):
        seen = found(look(front.url("sealed"), path, tls=Tls(ca_file=front.certificate)))
        assert "takes click ids off" in seen["click_ids"].text


def test_a_page_that_misses_the_objectives_for_a_lone_visitor_stands_in_the_way() -> None:
    strict, generous = (Objectives(latency=((0.95, limit), (0.99, 30.0))) for limit in (0.05, 20.0))
    with ShopProcess(Settings(slots=40, service_seconds=SERVICE_SECONDS)) as shop:
        missed, held = (look(shop.url, objectives=objectives) for objectives in (strict, generous))
    finding = found(missed)["objectives"]
    assert (finding.weight, missed.code) == (Weight.PROBLEM, ExitCode.INCONCLUSIVE)
    assert "95 % of a crowd are to have it within 50 ms: no load can meet what a single visitor misses" in finding.text
    assert finding.figures["page_seconds"] > 0.9 * SERVICE_SECONDS
    assert (found(held)["objectives"].weight, held.code) == (Weight.FINE, ExitCode.DONE)


def test_a_page_that_only_click_ids_make_too_slow_is_warned_of(front: Fronts) -> None:
    looked = look(front.url("keyed"), objectives=Objectives(latency=((0.95, 0.9 * SERVICE_SECONDS),)))
    finding = found(looked)["objectives"]
    assert (finding.weight, looked.code) == (Weight.WARNING, ExitCode.DONE)
    assert finding.text.startswith("a lone visitor with a click id waits 1")


def test_landing_pages_that_were_not_looked_at_are_named(front: Fronts) -> None:
    assert "/books was looked at with" in found(look(front.url("keyed")))["answer"].text
    assert "landing_pages" not in found(look(front.url("keyed")))
    looked = look(front.url("keyed"), others=("/gone", "/sale", "/books"))
    finding = found(looked)["landing_pages"]
    assert finding.text.startswith("only /books was looked at")
    assert "other landing pages (/gone, /sale) nothing is known" in finding.text
    assert "--target staging --path /gone" in (finding.hint or "")
    assert looked.code is ExitCode.DONE


def test_redirects_to_other_hosts_are_told_and_not_followed_and_those_in_a_circle_end(front: Fronts) -> None:
    trusted = Tls(ca_file=front.certificate)
    away, circle = (look(front.url("sealed"), path, tls=trusted) for path in ("/away", "/round"))
    assert "leads away to https://www.example.com/" in found(away)["redirects"].text
    assert "more than 5 redirects" in found(circle)["redirects"].text
    for looked in (away, circle):
        assert looked.code is ExitCode.INCONCLUSIVE
        assert "cache" not in found(looked)


def test_tls_is_told_with_its_version_its_cost_and_its_end(front: Fronts) -> None:
    looked = look(front.url("sealed"), "/page.html", tls=Tls(ca_file=front.certificate), need=campaign())
    tls, certificate = found(looked)["tls"], found(looked)["certificate"]
    assert (tls.weight, tls.hint) == (Weight.FINE, None)
    assert tls.text.startswith("TLS 1.3: a handshake takes")
    assert "resumed" in tls.text
    assert "not resumed" not in tls.text
    assert "HTTP/2 is spoken too" in tls.text
    assert tls.figures["handshakes_per_second"] == 850
    assert tls.figures["handshake_seconds"] > 0
    assert certificate.weight is Weight.FINE
    assert 39 < certificate.figures["days_left"] < 41


def test_an_old_tls_that_resumes_nothing_is_told_with_what_to_do(front: Fronts) -> None:
    tls = found(look(front.url("dated"), "/page.html", tls=Tls(ca_file=front.certificate)))["tls"]
    assert tls.weight is Weight.WARNING
    assert tls.text.startswith("TLS 1.2")
    assert "not resumed; no HTTP/2" in tls.text
    assert "TLS 1.3" in (tls.hint or "")


def test_a_certificate_that_ends_before_the_campaign_stands_in_the_way(front: Fronts) -> None:
    late = campaign(launch=NOW + timedelta(days=50))
    looked = look(front.url("sealed"), "/page.html", tls=Tls(ca_file=front.certificate), need=late)
    assert found(looked)["certificate"].weight is Weight.PROBLEM
    assert looked.code is ExitCode.INCONCLUSIVE


def test_a_certificate_that_is_only_borne_here_is_told(front: Fronts) -> None:
    seen = found(look(front.url("sealed"), "/page.html", tls=Tls(verify=False)))
    assert "would not trust" in seen["certificate"].text
    unknown = look(front.url("sealed"), "/page.html")
    assert unknown.code is ExitCode.INCONCLUSIVE
    assert "ca_file" in (found(unknown)["answer"].hint or "")


def test_production_s_handshakes_are_missed_where_the_target_has_none(front: Fronts) -> None:
    assert "tls" not in found(look(front.url("stripped")))
    missed = found(look(front.url("stripped"), production="https://www.bookshop.example"))["tls"]
    assert missed.weight is Weight.WARNING


def test_a_visit_weighs_its_page_and_its_files_and_a_peak_makes_bits_of_them(front: Fronts) -> None:
    """12 images of 60 bytes and a style sheet of 8,500 go with a page of 11,000 and some; ten of them are asked for."""
    folder = front.folder / "html"
    looked = look(front.url("plain"), "/page.html", need=campaign(peak=1000))
    weight = found(looked)["weight"]
    page = (folder / "page.html").stat().st_size
    asked = (folder / "style.css").stat().st_size + 9 * (folder / "0.svg").stat().st_size
    assert weight.figures["page_bytes"] == page
    assert weight.figures["visit_bytes"] == page + asked / MOST_ASSETS * 13
    assert weight.figures["requests_per_visit"] == 14
    assert weight.figures["peak_bits_per_second"] == weight.figures["visit_bytes"] * 8 * 1000


def test_what_comes_unpacked_is_told_with_what_gzip_would_leave(front: Fronts) -> None:
    bare = found(look(front.url("plain"), "/page.html"))["compression"]
    assert bare.weight is Weight.WARNING
    assert bare.figures["bytes"] > 10 * bare.figures["gzip_bytes"]
    packed = found(look(front.url("sealed"), "/page.html", tls=Tls(ca_file=front.certificate)))["compression"]
    assert packed.weight is Weight.FINE
    assert packed.figures["gzip_ratio"] > 10
    assert "brotli was asked for and not given" in packed.text


def test_a_server_that_closes_after_each_answer_is_told(front: Fronts) -> None:
    """Whether it says so (nginx, keepalive_timeout 0) or just does it."""
    closed = found(look(front.url("plain"), "/page.html"))["connections"]
    assert "each of a visit's 14 requests costs a fresh connection" in closed.text
    with serving(answering(OPEN % (b"", b"keep-alive"))) as server:
        silent = found(look(f"http://127.0.0.1:{server.port}"))
    assert silent["connections"].weight is Weight.WARNING
    assert found(look(front.url("stripped")))["connections"].weight is Weight.FINE


def test_the_look_is_small_and_says_how_small(front: Fronts) -> None:
    """What is stated is what the server has counted, and never more than is promised."""
    with ShopProcess() as shop:
        looked = look(shop.url)
        assert looked.requests == shop.truth()["received"]
    assert f"{looked.requests} requests" in found(looked)["answer"].text
    assert look(front.url("plain"), "/page.html").requests <= MOST_REQUESTS + 1


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
