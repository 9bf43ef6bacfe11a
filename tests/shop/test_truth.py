"""What the shop counts is what was really asked of it, and its log says the same."""

from __future__ import annotations

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from spikekit.shop.process import ShopProcess
from tests.known_truth import KnownLog, OpenShop

_COMBINED = re.compile(r'^(\S+) - - \[[^\]]+ \+0000\] "(\S+) (\S+) HTTP/1\.1" (\d{3}) (\d+) "([^"]*)" "([^"]*)"$')


def test_requests_visitors_referrers_and_campaigns_are_counted(known_shop: ShopProcess) -> None:
    for _ in range(3):
        with httpx.Client(base_url=known_shop.url, trust_env=False) as visitor:
            landing = "/books?utm_campaign=fry-reads"
            visitor.get(landing, headers={"Referer": "https://t.co/Qx1"})
            visitor.get("/static/shop.css", headers={"Referer": f"{known_shop.url}/books"})
            visitor.get("/books/7", headers={"Referer": f"{known_shop.url}/books"})
    truth = known_shop.truth()
    assert truth["by_request"] == {"GET /books": 3, "GET /static/shop.css": 3, "GET /books/7": 3}
    assert (truth["pages"], truth["assets"], truth["visitors"], truth["errors_5xx"]) == (6, 3, 3, 0)
    assert truth["by_referrer"] == {"t.co": 3, "(own)": 3}
    assert truth["by_campaign"] == {"fry-reads": 3}
    assert truth["received"] == truth["answered"] == 9


def test_the_access_log_has_a_line_for_every_request(known_shop: ShopProcess) -> None:
    with httpx.Client(base_url=known_shop.url, trust_env=False) as visitor:
        visitor.get("/books?a=1", headers={"User-Agent": 'odd "one" \\', "Referer": "https://t.co/1"})
        visitor.post("/api/order", json={"basket": "1"})
    answered = known_shop.truth()["answered"]
    assert known_shop.settings.access_log
    lines = known_shop.settings.access_log.read_text().splitlines()
    parsed = [_COMBINED.match(line) for line in lines]
    assert len(lines) == answered == 2
    assert [m.group(2, 3, 4, 6) for m in parsed if m] == [
        ("GET", "/books?a=1", "200", "https://t.co/1"),
        ("POST", "/api/order", "201", "-"),
    ]
    assert r"odd \x22one\x22 \x5C" in lines[0]


def test_those_turned_away_count_as_errors_and_not_as_visitors(open_shop: OpenShop) -> None:
    shop = open_shop(slots=1, service_seconds=0.3, queue=0)
    with ThreadPoolExecutor(4) as crowd:
        statuses = list(crowd.map(lambda _: httpx.get(f"{shop.url}/", trust_env=False).status_code, range(4)))
    truth = shop.truth()
    assert truth["errors_5xx"] == statuses.count(503) > 0
    assert truth["visitors"] == statuses.count(200) > 0


def test_someone_who_hangs_up_while_waiting_is_counted_as_gone(open_shop: OpenShop) -> None:
    shop = open_shop(slots=1, service_seconds=30)
    with socket.create_connection(("127.0.0.1", shop.port)) as visitor:
        visitor.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert _until(shop, waiting=1)["gone"] == 0
    assert _until(shop, waiting=0)["gone"] == 1


def _until(shop: ShopProcess, *, waiting: int) -> dict[str, int]:
    """Ask until the shop has noticed; the suite's own time limit ends a shop that never does."""
    while (truth := shop.truth())["waiting"] != waiting:
        pass
    return truth


def test_names_that_visitors_invent_cannot_fill_the_memory(open_shop: OpenShop) -> None:
    shop = open_shop(slots=None)
    asked = [f"GET /invented{i} HTTP/1.1\r\nHost: x\r\n\r\n" for i in range(1099)]
    with socket.create_connection(("127.0.0.1", shop.port), timeout=30) as visitor:
        visitor.sendall("".join([*asked, "GET / HTTP/1.0\r\n\r\n"]).encode())
        assert visitor.makefile("rb").read().count(b"HTTP/1.1 404") == 1099
    truth = shop.truth()
    assert len(truth["by_request"]) == 1001
    assert truth["by_request"]["(other)"] == 100


def test_the_known_log_holds_what_it_claims(known_log: KnownLog) -> None:
    lines = known_log.path.read_text().splitlines()
    parsed = [m for m in map(_COMBINED.match, lines) if m]
    pages = [m for m in parsed if not m[3].startswith("/static/")]
    assert len(parsed) == known_log.requests
    assert len(lines) - len(parsed) == known_log.skipped
    assert sum(m[4] == "503" for m in parsed) == known_log.failures
    assert sum("utm_campaign=fry-reads" in m[3] for m in pages) == known_log.entries["fry-reads"]
    assert sum("google" in m[6] for m in pages) == known_log.entries["search"]
    busiest = [line for line in lines if any(f"18:01:0{s}" in line for s in range(10))]
    assert len(busiest) / 10 == known_log.peak_requests_per_second


def test_a_log_that_cannot_be_written_is_said_at_the_start(open_shop: OpenShop, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no-such"):
        open_shop(access_log=tmp_path / "no-such" / "access.log")
