"""Which requests are pages and calls of the site, and what becomes of all others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spikekit.errors import UsageError
from spikekit.journey.host import site_host
from spikekit.journey.kind import Kind, kind_of
from spikekit.journey.walk import walk_through
from tests.journey.recordings import SHOP, call, entry, har, read

HOST = "www.shop.example"


def walked(folder: Path, *entries: dict[str, Any], host: str = HOST) -> list[str]:
    walk = walk_through(read(folder, har(*entries)), host)
    return [f"{s.asked.method} {s.asked.url.target} {s.answered.answer.status} +{s.assets}" for s in walk.stops]


def fetch(destination: str, **more: Any) -> dict[str, Any]:
    return entry("/x", accept="*/*", headers={"Sec-Fetch-Dest": destination}, **more)


@pytest.mark.parametrize(
    ("recorded", "kind"),
    [
        # What browsers say of themselves.
        (fetch("document"), Kind.PAGE),
        (fetch("iframe", _resourceType="document"), Kind.FRAME),
        (fetch("image"), Kind.ASSET),
        (fetch("worker"), Kind.ASSET),
        (fetch("empty", mime="application/json"), Kind.CALL),
        (fetch("empty", mime="image/png"), Kind.ASSET),
        (fetch("empty", _resourceType="ping", method="POST"), Kind.BEACON),
        (fetch("empty", _resourceType="eventsource"), Kind.SOCKET),
        (entry("/x", headers={"Sec-Fetch-Dest": "document", "Sec-Purpose": "prefetch;prerender"}), Kind.PREFETCH),
        # Chrome's word, where a site without https gets no other.
        (entry("/x", _resourceType="document"), Kind.PAGE),
        (entry("/x", accept="*/*", _resourceType="fetch"), Kind.CALL),
        (entry("/x", accept="*/*", _resourceType="stylesheet"), Kind.ASSET),
        (entry("/x", method="OPTIONS", _resourceType="preflight"), Kind.PREFLIGHT),
        # Firefox and Safari without https: what is accepted, and what came.
        (entry("/x"), Kind.PAGE),
        (entry("/x", method="POST", status=303, mime=""), Kind.PAGE),
        (call("/x"), Kind.CALL),
        (call("/x", accept="*/*", mime="text/html"), Kind.CALL),
        (entry("/x", headers={"X-Requested-With": "XMLHttpRequest"}), Kind.CALL),
        (entry("/x", accept="image/avif,*/*", mime="image/svg+xml"), Kind.ASSET),
        (entry("/x.woff2", accept="*/*", mime=""), Kind.ASSET),
        (entry("/x", accept="*/*", mime="text/event-stream"), Kind.SOCKET),
        (entry("/x", accept="*/*", status=204, mime=""), Kind.BEACON),
        (entry("wss://www.shop.example/live"), Kind.SOCKET),
        (entry("data://x"), Kind.INTERNAL),
        (entry("chrome-extension://abc/x.js"), Kind.INTERNAL),
        # The barest of recordings.
        ({"request": {"method": "GET", "url": SHOP}}, Kind.PAGE),
    ],
)
def test_what_a_request_was_for(tmp_path: Path, recorded: dict[str, Any], kind: Kind) -> None:
    assert kind_of(read(tmp_path, har(recorded)).exchanges[0]) is kind


def test_prefetched_pages_are_no_visit(tmp_path: Path) -> None:
    recorded = entry("/next", headers={"Purpose": "prefetch"})
    assert walked(tmp_path, recorded) == []


def test_the_site_is_the_host_most_pages_came_from(tmp_path: Path) -> None:
    others = [call(f"https://cdn.example/{n}.json") for n in range(9)]
    recording = read(tmp_path, har(entry("https://login.example/"), entry("/"), entry("/books"), *others))
    assert site_host(recording) == HOST
    assert site_host(recording, "CDN.example") == "cdn.example"
    assert site_host(recording, "https://login.example/") == "login.example"


def test_of_two_hosts_with_as_many_pages_the_first_is_the_site(tmp_path: Path) -> None:
    assert site_host(read(tmp_path, har(entry("https://a.example/"), entry("https://b.example/")))) == "a.example"


def test_without_pages_the_site_is_where_the_calls_went(tmp_path: Path) -> None:
    assert site_host(read(tmp_path, har(call("https://api.example/a")))) == "api.example"


def test_a_port_belongs_to_the_host_unless_it_is_the_scheme_s_own(tmp_path: Path) -> None:
    recording = read(tmp_path, har(entry("http://localhost:8000/"), entry("https://a.example:443/")))
    assert [e.url.host for e in recording.exchanges] == ["localhost:8000", "a.example"]


def test_a_wanted_host_needs_its_port_only_where_there_are_two(tmp_path: Path) -> None:
    one, other = entry("http://localhost:8000/"), entry("http://localhost:9000/")
    assert site_host(read(tmp_path, har(one)), "localhost") == "localhost:8000"
    with pytest.raises(UsageError):
        site_host(read(tmp_path, har(one, other)), "localhost")


def test_a_host_that_was_not_recorded_is_told_with_those_that_were(tmp_path: Path) -> None:
    recording = read(tmp_path, har(entry("/"), entry("/a"), entry("https://cdn.example/x.js", accept="*/*")))
    with pytest.raises(UsageError) as refused:
        site_host(recording, "www.shop.exmple")
    assert "did you mean www.shop.example?" in refused.value.message
    assert refused.value.hint == "recorded were www.shop.example (2 requests), cdn.example (1 request)"


def test_a_recording_without_pages_and_calls_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no journey in it"):
        site_host(read(tmp_path, har(entry("data://x"))))


def test_redirects_are_folded_into_the_request_that_began_them(tmp_path: Path) -> None:
    steps = walked(
        tmp_path,
        entry("/login", method="POST", sent="a=1", status=303, location="/account", at=1),
        entry("/account", status=302, location=f"{SHOP}/account/home", at=2),
        entry("/account/home", at=3),
        entry("/account", at=9),
    )
    assert steps == ["POST /login 200 +0", "GET /account 200 +0"]


def test_a_redirect_from_elsewhere_is_left_out_and_its_end_is_a_page(tmp_path: Path) -> None:
    steps = walked(tmp_path, entry("https://shop.example/", status=301, location=f"{SHOP}/"), entry("/", at=1))
    assert steps == ["GET / 200 +0"]


def test_a_redirect_from_http_to_https_is_not_walked(tmp_path: Path) -> None:
    first = entry("http://www.shop.example/a", status=308, location=f"{SHOP}/a")
    walk = walk_through(read(tmp_path, har(first, entry("/a", at=1))), HOST)
    assert [str(s.asked.url) for s in walk.stops] == [f"{SHOP}/a"]


def test_a_redirect_that_leaves_the_site_is_where_the_step_ends(tmp_path: Path) -> None:
    pay = entry("/pay", method="POST", status=303, location="https://bank.example/x")
    assert walked(tmp_path, pay, entry("https://bank.example/x", at=1)) == ["POST /pay 303 +0"]


def test_a_circle_of_redirects_ends(tmp_path: Path) -> None:
    there = [entry(f"/{n % 2}", status=302, location=f"/{(n + 1) % 2}", at=n) for n in range(9)]
    assert walked(tmp_path, *there) == ["GET /0 302 +0"]


def test_assets_are_counted_for_their_page_unless_they_came_from_the_cache(tmp_path: Path) -> None:
    steps = walked(
        tmp_path,
        entry("/", at=0),
        entry("/a.css", accept="text/css", mime="text/css", at=1),
        call("/api", at=2),
        entry("/b.png", accept="image/*", mime="image/png", at=3),
        entry("/next", at=4),
        entry("/a.css", accept="text/css", mime="text/css", at=5, _fromCache="memory"),
    )
    assert steps == ["GET / 200 +2", "GET /api 200 +0", "GET /next 200 +0"]


def test_everything_else_is_counted_with_its_reason(tmp_path: Path) -> None:
    document = har(
        entry("/"),
        call("/api?_=1763812345678"),
        call("/api?_=1763812349999"),
        call("/gone", status=404),
        entry("/aborted", status=0),
        entry("https://t.example/pixel", accept="*/*", mime="image/gif"),
        entry("https://t.example/collect", method="POST"),
        fetch("iframe"),
    )
    walk = walk_through(read(tmp_path, document), HOST)
    assert dict(walk.other_hosts) == {"t.example": 2}
    assert dict(walk.left_out) == {
        "calls that the same page repeats": 1,
        "requests that failed when they were recorded (status 404)": 1,
        "requests that were never answered": 1,
        "frames inside pages": 1,
    }
    assert len(walk.stops) == 2


def test_the_next_page_may_repeat_a_call(tmp_path: Path) -> None:
    assert len(walked(tmp_path, entry("/"), call("/api", at=1), entry("/a", at=2), call("/api", at=3))) == 4
