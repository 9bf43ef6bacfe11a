"""What is seen of a target before any load, against real servers of every habit."""

from __future__ import annotations

from datetime import timedelta

from spikekit.preflight.finding import Weight
from spikekit.preflight.visit import MOST_ASSETS, MOST_REQUESTS
from spikekit.shop.process import ShopProcess
from spikekit.shop.settings import Settings
from spikekit.site.model import Objectives, Tls
from spikekit.vocabulary import ExitCode
from tests.engine.servers import answering, serving
from tests.preflight.conftest import NOW, OPEN, SERVICE_SECONDS, campaign, found, look
from tests.preflight.fronts import Fronts


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
