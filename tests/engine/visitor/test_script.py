"""Journeys as bytes: what is asked for, how values are quoted, and that no value can ask for anything else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.engine.visitor.request import request_bytes
from spikekit.engine.visitor.script import Library, read_tables
from spikekit.engine.visitor.template import Template
from spikekit.profile.curve import RateCurve
from spikekit.profile.model import Profile, Stream
from spikekit.site.model import Expect, Journey, Secret
from tests.engine.plans import headers_of, host, page_of, plan, script_of, step

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
EVIL = "x\r\nEvil: 1\r\n\r\nGET /admin HTTP/1.1\r\n"


def _lines(request: bytes) -> list[bytes]:
    return request.partition(b"\r\n\r\n")[0].split(b"\r\n")


def test_a_page_without_placeholders_is_rendered_once() -> None:
    page = page_of(plan(step("GET", "/books")))
    assert page.requests is not None
    assert page.render({}) is page.requests[0]
    assert _lines(page.requests[0])[0] == b"GET /books HTTP/1.1"


def test_a_page_says_whom_it_talks_to_and_who_is_talking() -> None:
    headers = headers_of(page_of(plan(at=host(port=8080))).render({}))
    assert headers["host"] == "shop.test:8080"
    assert "spikekit/" in headers["user-agent"]
    assert headers["accept-encoding"] == "gzip, deflate"
    assert headers["connection"] == "keep-alive"


@pytest.mark.parametrize(
    ("changes", "authority"),
    [
        ({}, "shop.test"),
        ({"scheme": "https", "port": 443}, "shop.test"),
        ({"scheme": "https", "port": 80}, "shop.test:80"),
        ({"hostname": "::1", "port": 8080}, "[::1]:8080"),
    ],
)
def test_the_host_header_leaves_out_the_scheme_s_own_port(changes: dict[str, object], authority: str) -> None:
    assert headers_of(page_of(plan(at=host(**changes))).render({}))["host"] == authority


@given(ANY_TEXT)
def test_a_value_in_a_path_fills_one_place_and_no_more(value: str) -> None:
    page = page_of(plan(step("GET", "/books/{id}/reviews")))
    line = _lines(page.render({"id": value}))[0].decode("ascii")
    method, path, version = line.split(" ")
    assert (method, version) == ("GET", "HTTP/1.1")
    assert path.count("/") == 3
    assert unquote(path.split("/")[2]) == value


@given(ANY_TEXT, ANY_TEXT)
def test_form_values_arrive_as_they_were(one: str, other: str) -> None:
    page = page_of(plan(step("POST", "/basket", form=(("a b", "{one}"), ("c", "x={other}&")))))
    request = page.render({"one": one, "other": other})
    body = request.partition(b"\r\n\r\n")[2]
    assert parse_qsl(body.decode(), keep_blank_values=True) == [("a b", one), ("c", f"x={other}&")]
    assert headers_of(request)["content-length"] == str(len(body))
    assert headers_of(request)["content-type"] == "application/x-www-form-urlencoded"


@given(ANY_TEXT)
def test_json_values_arrive_as_they_were(value: str) -> None:
    page = page_of(plan(step("POST", "/api", json='{"basket":"{id}","n":[1,{"deep":"<{id}>"}]}')))
    request = page.render({"id": value})
    body = request.partition(b"\r\n\r\n")[2]
    assert json.loads(body) == {"basket": value, "n": [1, {"deep": f"<{value}>"}]}
    assert headers_of(request)["content-type"] == "application/json"
    assert headers_of(request)["content-length"] == str(len(body))


@given(ANY_TEXT)
def test_the_landing_page_keeps_its_query_and_cannot_break_the_request(landing: str) -> None:
    page = page_of(plan(step("GET", "{landing}"), landing=f"/{landing}"))
    lines = _lines(page.render({"landing": f"/{landing}"}, b""))
    assert lines[0].startswith(b"GET /")
    assert lines[0].endswith(b" HTTP/1.1")
    assert len(lines[0].split(b" ")) == 3
    assert lines[1].startswith(b"Host: ")


def test_the_landing_page_carries_the_campaign_s_marks() -> None:
    marks = {"utm": (("source", "x"), ("campaign", "fry reads&more"))}
    for landing, expected in (("/books", "/books?"), ("/books?page=2", "/books?page=2&")):
        page = page_of(plan(step("GET", "{landing}"), landing=landing, stream=marks))
        assert page.requests is not None
        target = _lines(page.requests[0])[0].split(b" ")[1].decode()
        assert target == f"{expected}utm_source=x&utm_campaign=fry+reads%26more"


def test_pages_live_under_the_target_s_own_path() -> None:
    page = page_of(plan(step("GET", "/books/{id}"), at=host(base_path="/shop")))
    assert _lines(page.render({"id": "7"}))[0] == b"GET /shop/books/7 HTTP/1.1"


def test_a_fragment_is_the_browser_s_own() -> None:
    assert _lines(page_of(plan(step("GET", "/books#top"))).render({}))[0] == b"GET /books HTTP/1.1"


def test_a_step_s_header_takes_the_place_of_the_target_s_and_of_ours_whatever_its_case() -> None:
    at = host(headers=(("X-Load-Test", "spikekit"), ("accept", "text/css")))
    headers = headers_of(page_of(plan(step(headers=(("x-load-test", "mine"),)), at=at)).render({}))
    assert headers["x-load-test"] == "mine"
    assert headers["accept"] == "text/css"


def test_a_secret_comes_from_the_environment_and_is_in_no_plan(tmp_path: Path) -> None:
    asked = plan(at=host(headers=(("Authorization", Secret(name="TOKEN")),)))
    assert headers_of(page_of(asked, {"TOKEN": "s3cret"}).render({}))["authorization"] == "s3cret"
    asked.write(tmp_path / "plan.json")
    assert "s3cret" not in (tmp_path / "plan.json").read_text()
    assert asked.read(tmp_path / "plan.json") == asked


@pytest.mark.parametrize("value", [EVIL, "a\nb", "a\rb", "a\x00b", "token\n"])
def test_no_header_is_sent_whose_value_would_break_the_line(value: str) -> None:
    asked = plan(at=host(headers=(("Authorization", Secret(name="TOKEN")),)))
    with pytest.raises(ValueError, match="Authorization holds a line break") as caught:
        page_of(asked, {"TOKEN": value})
    assert value not in str(caught.value)
    with pytest.raises(ValueError, match="X-Note"):
        page_of(plan(step(headers=(("X-Note", value),))))


def test_what_a_server_repeats_of_our_secrets_is_shown_by_name_only() -> None:
    asked = plan(at=host(headers=(("Authorization", Secret(name="TOKEN")),)))
    page = page_of(asked, {"TOKEN": "Bearer s3cret"})
    assert page.masked("you sent: Bearer s3cret") == "you sent: env:TOKEN"
    assert page.masked("token s3cret is unknown") == "token env:TOKEN is unknown"


@given(st.dictionaries(st.just("sid"), ANY_TEXT, min_size=1))
def test_no_value_of_a_placeholder_can_add_a_header_or_a_request(values: dict[str, str]) -> None:
    page = page_of(plan(step("POST", "/a/{sid}", form=(("sid", "{sid}"),))))
    expected = page.render({"sid": "x"})
    request = page.render(values)
    assert headers_of(request).keys() == headers_of(expected).keys()
    assert int(headers_of(request)["content-length"]) == len(request.partition(b"\r\n\r\n")[2])


def test_a_value_with_a_request_in_it_stays_a_value() -> None:
    page = page_of(plan(step("GET", "/a/{id}")))
    assert page.render({"id": EVIL}).count(b"\r\n\r\n") == 1
    assert b"Evil: 1" not in page.render({"id": EVIL})


def test_cookies_go_back_as_they_came() -> None:
    request = page_of(plan()).render({}, b"sid=1; name=caf\xe9")
    assert b"Cookie: sid=1; name=caf\xe9\r\n" in request


def test_a_placeholder_without_a_value_is_named() -> None:
    page = page_of(plan(step("GET", "/a/{id}")))
    with pytest.raises(KeyError, match="id"):
        page.render({})


@pytest.mark.parametrize(
    ("method", "length"), [("GET", None), ("HEAD", None), ("POST", "0"), ("PUT", "0"), ("DELETE", "0")]
)
def test_a_body_s_length_is_told_where_servers_wait_for_one(method: str, length: str | None) -> None:
    assert headers_of(page_of(plan(step(method, "/"))).render({})).get("content-length") == length


def test_rows_of_a_data_file_fill_this_step_and_short_rows_are_filled_up(tmp_path: Path) -> None:
    data = tmp_path / "books.csv"
    data.write_text("\ufeffid,title\n1,Caf\xe9\n2\n", encoding="utf-8")
    page = page_of(plan(step("GET", "/books/{id}", data=data)))
    assert page.rows is not None
    assert [dict(row) for row in page.rows.table] == [{"id": "1", "title": "Caf\xe9"}, {"id": "2", "title": ""}]


def test_each_journey_gets_its_share_and_steps_of_one_name_share_one_code() -> None:
    mixed = Stream(origin="mix", curve=RateCurve.constant(1, 1), landing="/", journey=(("look", 0.8), ("buy", 0.2)))
    both = (
        Journey(name="look", steps=(step(),)),
        Journey(name="buy", steps=(step(), step("GET", "/basket", expect=Expect(text="Basket")))),
    )
    asked = replace(plan(), profile=Profile(streams=(mixed,), duration_seconds=1.0), journeys=both)
    library = Library(asked, {}, read_tables(asked))
    ((first, look), (last, buy)) = library.streams[0]
    assert [first, last] == pytest.approx([0.8, 1.0])
    assert library.names == ["GET /", "GET /basket"]
    assert [page.code for page in (*look.pages, *buy.pages)] == [0, 0, 1]
    assert buy.pages[1].text == b"Basket"


@given(st.floats(0, 1, exclude_max=True))
def test_a_visitor_goes_as_far_as_the_shares_that_continue_say(luck: float) -> None:
    script = script_of(plan(step(), step(path="/b", continue_ratio=0.6), step(path="/c", continue_ratio=0.5)))
    assert script.pages_for(luck) == 1 + (luck < 0.6) + (luck < 0.3)


@given(ANY_TEXT)
def test_a_template_without_placeholders_is_its_text(text: str) -> None:
    template = Template(quote(text))
    assert template.fixed == quote(text)
    assert template.fill({}, "path") == quote(text)


@given(ANY_TEXT)
def test_whatever_path_a_redirect_names_the_request_line_has_three_words(target: str) -> None:
    line = request_bytes("GET", f"/{target}", b"Host: a\r\n").split(b"\r\n")[0]
    assert len(line.split(b" ")) == 3
