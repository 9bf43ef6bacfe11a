"""The shop as a visitor's browser meets it, over real HTTP."""

from __future__ import annotations

import re
import socket

import httpx
import pytest

from spikekit.shop.process import ShopProcess
from tests.known_truth import OpenShop


@pytest.fixture
def shop(open_shop: OpenShop) -> ShopProcess:
    return open_shop(slots=None)


@pytest.fixture
def visitor(shop: ShopProcess) -> httpx.Client:
    return httpx.Client(base_url=shop.url, trust_env=False)


def _csrf(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found
    return found[1]


def test_a_visitor_can_buy_a_book(visitor: httpx.Client) -> None:
    with visitor:
        book = visitor.get("/books/42")
        assert "Add to basket" in book.text
        basket = visitor.post("/basket", data={"id": "42", "csrf": _csrf(book)})
        assert basket.status_code == 200
        assert "Total £" in basket.text
        assert "on its way" in visitor.post("/checkout").text


def test_a_form_with_another_visitors_token_is_forbidden(shop: ShopProcess, visitor: httpx.Client) -> None:
    with visitor, httpx.Client(base_url=shop.url, trust_env=False) as other:
        assert visitor.get("/books/1").status_code == 200
        stolen = _csrf(other.get("/books/1"))
        assert visitor.post("/basket", data={"id": "1", "csrf": stolen}).status_code == 403


def test_an_empty_basket_cannot_be_paid(visitor: httpx.Client) -> None:
    with visitor:
        assert visitor.post("/checkout").status_code == 409


@pytest.mark.parametrize(
    ("body", "status"), [('{"basket": "3"}', 201), ("[1]", 400), ("{", 400), ("", 400), ("[" * 9000, 400)]
)
def test_the_api_takes_json_objects_only(visitor: httpx.Client, body: str, status: int) -> None:
    with visitor:
        answer = visitor.post("/api/order", content=body)
        assert answer.status_code == status
        assert isinstance(answer.json(), dict)


def test_every_asset_a_page_names_is_there(visitor: httpx.Client) -> None:
    with visitor:
        page = visitor.get("/books").text
        assets = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
        assert {path.rpartition(".")[2] for path in assets} == {"css", "js", "svg"}
        assert all(visitor.get(path).status_code == 200 for path in assets)


def test_gzip_and_plain_say_the_same(visitor: httpx.Client) -> None:
    with visitor:
        plain = visitor.get("/books", headers={"Accept-Encoding": "identity"})
        packed = visitor.get("/books", headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "gzip"
        assert int(packed.headers["content-length"]) < len(plain.content)
        assert packed.text == plain.text


def test_head_answers_as_get_does_without_the_body(visitor: httpx.Client) -> None:
    with visitor:
        get, head = visitor.get("/books"), visitor.head("/books")
        assert head.status_code == 200
        assert head.content == b""
        assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize("path", ["/nowhere", "/books/0", "/books/201", "/books/²", "/books/../etc", "/static/x.css"])
def test_what_is_not_there_is_404(visitor: httpx.Client, path: str) -> None:
    with visitor:
        assert visitor.get(path).status_code == 404


def test_a_wrong_method_names_the_right_ones(visitor: httpx.Client) -> None:
    with visitor:
        answer = visitor.delete("/basket")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST, HEAD")


def test_a_search_shows_hostile_words_as_words(visitor: httpx.Client) -> None:
    with visitor:
        assert "<script>alert" not in visitor.get("/search", params={"q": "<script>alert(1)</script>"}).text
        assert "The Salt" in visitor.get("/search", params={"q": "salt"}).text


def test_consent_is_the_name_it_was_given_or_absent(open_shop: OpenShop, visitor: httpx.Client) -> None:
    path = "/.well-known/spikekit-consent"
    with visitor:
        assert visitor.get(path).text.strip() == "bookshop"
    silent = open_shop(slots=None, consent=None)
    assert httpx.get(silent.url + path, trust_env=False).status_code == 404


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"HELLO\r\n\r\n", b"400"),
        (b"\x00\xff\x00\xff" * 50, b"400"),
        (b"POST /api/order HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000, b"413"),
        (b"GET /health HTTP/1.0\r\n\r\n", b"200"),
    ],
)
def test_bytes_that_no_browser_sends_get_an_answer_and_a_closed_connection(
    shop: ShopProcess, sent: bytes, status: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", shop.port), timeout=10) as connection:
        connection.sendall(sent)
        received = connection.makefile("rb").read()
    assert received.split(b" ")[1] == status


def test_requests_sent_ahead_are_answered_in_their_order(open_shop: OpenShop) -> None:
    shop = open_shop(slots=4, service_seconds=0.02)
    asked = ["/books/5", "/health", "/nowhere"]
    ahead = [f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n" for path in asked]
    with socket.create_connection(("127.0.0.1", shop.port), timeout=10) as connection:
        connection.sendall("".join([*ahead, "GET / HTTP/1.0\r\n\r\n"]).encode())
        received = connection.makefile("rb").read()
    assert re.findall(rb"HTTP/1.1 (\d+)", received) == [b"200", b"200", b"404", b"200"]
    assert received.index(b"ok\n") < received.index(b"Not Found")


def test_a_friendly_apology_has_the_status_of_success_and_not_the_page(open_shop: OpenShop) -> None:
    shop = open_shop(rate_limit=0.001, apologize=True)
    _, turned_away = (httpx.get(f"{shop.url}/books/1") for _ in range(2))
    assert turned_away.status_code == 200
    assert "Too many" in turned_away.text
    assert "Add to basket" not in turned_away.text


def test_a_bot_wall_answers_403_to_everybody(open_shop: OpenShop) -> None:
    assert httpx.get(open_shop(blocked=True).url).status_code == 403


def test_a_slow_page_takes_its_multiple_of_the_service_time(open_shop: OpenShop) -> None:
    shop = open_shop(service_seconds=0.05, slow=(("/basket", 4.0),))
    assert httpx.get(f"{shop.url}/basket").elapsed.total_seconds() >= 0.2
