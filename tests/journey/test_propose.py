"""What a recording proposes, step by step: bodies, stand-ins, data files, expectations, the account of it all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from spikekit.errors import UsageError
from spikekit.journey.propose import propose
from spikekit.journey.route import MAX_STEPS
from tests.journey.recordings import call, entry, har, proposed, read

CONTEXT: dict[str, Any] = {"method": "POST", "at": 1.0}


def body_of(folder: Path, **sent: Any) -> tuple[dict[str, str] | None, Any, list[str]]:
    """Form, JSON and notes of a POST after the landing page."""
    _, step = proposed(folder, entry("/"), entry("/a", **CONTEXT, **sent)).steps
    return step.form, step.json, [note.text for note in step.notes]


def left_out(folder: Path, **sent: Any) -> list[str]:
    return [c.what for c in proposed(folder, entry("/"), entry("/a", **CONTEXT, **sent)).left_out]


def test_a_form_is_read_as_it_was_sent(tmp_path: Path) -> None:
    form, body, notes = body_of(tmp_path, sent="title=The+Salt%20Ferry&note=one%0D%0Atwo&empty=&%C3%A9=%C3%A9")
    assert form == {"title": "The Salt Ferry", "note": "one\ntwo", "empty": "", "é": "é"}
    assert (body, notes) == (None, [])


def test_fields_that_only_the_list_has_are_decoded_where_they_are_encoded(tmp_path: Path) -> None:
    recorded = entry("/a", **CONTEXT)
    recorded["request"]["postData"] = {
        "mimeType": "application/x-www-form-urlencoded; charset=UTF-8",
        "params": [{"name": "a", "value": "x%20y"}, {"name": "b", "value": "100% sure"}],
    }
    assert proposed(tmp_path, entry("/"), recorded).steps[1].form == {"a": "x y", "b": "100% sure"}


def test_firefox_s_headers_before_a_form_are_no_field(tmp_path: Path) -> None:
    text = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=1"
    assert body_of(tmp_path, sent=text)[0] == {"a": "1"}


def test_a_multipart_form_is_sent_as_an_ordinary_one_without_its_files(tmp_path: Path) -> None:
    parts = [("a", "one\r\ntwo"), ('f"; filename="x.png', "\x89PNG"), ("b", "2")]
    text = "".join(f'--XyZ\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in parts)
    form, _, notes = body_of(tmp_path, sent=text + "--XyZ--", sent_as="multipart/form-data; boundary=XyZ")
    assert form == {"a": "one\ntwo", "b": "2"}
    assert notes == [
        "recorded as multipart/form-data; sent here as an ordinary form",
        "an uploaded file is left out: a form here has text only",
    ]


def test_a_field_that_comes_again_is_sent_once_and_told(tmp_path: Path) -> None:
    form, _, notes = body_of(tmp_path, sent="tag=a&tag=b")
    assert form == {"tag": "a"}
    assert notes == ["a field that was sent several times is sent once, with its first value"]


def test_json_keeps_its_kinds_of_values(tmp_path: Path) -> None:
    sent = {"n": 3, "x": 1.5, "yes": True, "none": None, "text": "12", "deep": [{"a": []}]}
    assert body_of(tmp_path, sent=json.dumps(sent), sent_as="application/json")[1] == sent


def test_json_is_known_by_its_looks_too(tmp_path: Path) -> None:
    assert body_of(tmp_path, sent='{"a": 1}', sent_as="text/plain;charset=UTF-8")[1] == {"a": 1}


def test_braces_that_are_no_placeholder_are_spread(tmp_path: Path) -> None:
    """GraphQL has them; spread they mean the same."""
    _, body, _ = body_of(tmp_path, sent='{"query": "query {cart {id}}"}', sent_as="application/json")
    assert body == {"query": "query {cart { id }}"}


@pytest.mark.parametrize(
    ("sent", "sent_as", "reason"),
    [
        ("<a/>", "application/xml", "requests whose body is neither a form nor JSON"),
        ('{"a": ', "application/json", "requests whose body is neither a form nor JSON"),
        ('{"a": NaN}', "application/json", "requests whose body is neither a form nor JSON"),
        ("[" * 99_999, "application/json", "requests whose JSON is longer than 20,000 characters"),
        ('"text"', "application/json", "requests whose JSON is a single value"),
        ("[" * 15 + "]" * 15, "application/json", "requests whose JSON is nested too deeply, or has figures or keys"),
        ('{"a": 1e999}', "application/json", "requests whose JSON is nested too deeply, or has figures or keys"),
    ],
)
def test_what_no_step_can_send_is_left_out_with_its_reason(
    tmp_path: Path, sent: str, sent_as: str, reason: str
) -> None:
    (told,) = left_out(tmp_path, sent=sent, sent_as=sent_as)
    assert told.startswith(reason)


def test_a_body_that_the_browser_did_not_record_is_told(tmp_path: Path) -> None:
    recorded = entry("/a", **CONTEXT)
    recorded["request"]["bodySize"] = 20
    found = proposed(tmp_path, entry("/"), recorded).left_out
    assert [c.what for c in found] == ["requests whose body the browser did not record"]


LOGIN = "user%5Bemail%5D=joe%40example.org&user%5Bpassword%5D=hunter2&remember=1"


def test_secrets_typed_into_fields_get_stand_ins_that_are_marked(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, entry("/"), entry("/login", **CONTEXT, sent=LOGIN))
    step = proposal.steps[1]
    assert step.form == {"user[email]": "visitor@example.com", "user[password]": "change-me", "remember": "1"}
    assert [note.urgent for note in step.notes] == [True, True]
    assert {c.what: c.number for c in proposal.removed} == {"e-mail address": 1, "password": 1}


def test_with_data_files_every_visitor_has_an_account_of_their_own(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, entry("/"), entry("/login", **CONTEXT, sent=LOGIN), vary=True)
    landing, login = proposal.steps
    assert landing.data == "walk-visitors.csv"
    assert login.form == {"user[email]": "{email}", "user[password]": "{password}", "remember": "1"}
    (table,) = proposal.tables
    assert (table.file, table.columns) == ("walk-visitors.csv", ("email", "password"))
    assert table.rows[:2] == (("visitor1@example.com", "change-me"), ("visitor2@example.com", "change-me"))


SHELF = (
    "<title>Books</title>"
    + "".join(f'<a href="/books/{n}">' for n in (17, 23, 42))
    + '<a href="https://x.example/books/9">'
)


def test_without_data_files_an_id_stays_and_is_told(tmp_path: Path) -> None:
    _, book = proposed(tmp_path, entry("/", body=SHELF), entry("/books/17", at=1)).steps
    assert book.path == "/books/17"
    assert [n.text for n in book.notes] == ["17 is one of many books: --data proposes a file of them"]


def test_with_data_files_visitors_open_any_page_that_was_opened_or_linked_to(tmp_path: Path) -> None:
    proposal = proposed(
        tmp_path,
        entry("/", body=SHELF),
        entry("/books/99", at=1),
        entry("/books/99/reviews", method="POST", sent="id=99&stars=4", at=2),
        entry("/books/23", at=9),
        vary=True,
    )
    assert [(s.path, s.data) for s in proposal.steps] == [
        ("{landing}", None),
        ("/books/{id}", "walk-books.csv"),
        ("/books/{id}/reviews", None),
        ("/books/{id}", "walk-books.csv"),
    ]
    assert proposal.steps[2].form == {"id": "{id}", "stars": "4"}
    (table,) = proposal.tables
    assert (table.columns, table.rows) == (("id",), (("99",), ("23",), ("17",), ("42",)))


def test_named_pages_vary_when_there_are_several_beside_them(tmp_path: Path) -> None:
    shelf = "".join(f"<a href='/products/{n}'>" for n in ("red-tent", "blue-boat", "old-map"))
    proposal = proposed(tmp_path, entry("/", body=shelf), entry("/products/red-tent", at=1), vary=True)
    assert proposal.steps[1].path == "/products/{slug}"
    assert proposal.tables[0].rows == (("red-tent",), ("blue-boat",), ("old-map",))


def test_a_page_with_two_ids_has_rows_of_two(tmp_path: Path) -> None:
    shelf = "<a href='/shops/1/books/17'><a href='/shops/2/books/23'>"
    proposal = proposed(tmp_path, entry("/", body=shelf), entry("/shops/1/books/17", at=1), vary=True)
    assert proposal.steps[1].path == "/shops/{id}/books/{id_2}"
    assert proposal.tables[0].rows == (("1", "17"), ("2", "23"))


def page(title: str, *more: str) -> str:
    return f"<html><head><title>{title}</title></head><button>Search</button>{''.join(more)}</html>"


def test_a_page_is_known_by_words_that_only_it_has(tmp_path: Path) -> None:
    steps = proposed(
        tmp_path,
        entry("/", body=page("Welcome | Tents &amp; more")),
        entry("/about", body=page("About us | Tents &amp; more"), at=1),
        entry("/basket", body=page("Basket (2 items)", "<button class='x'>Check out</button>"), at=2),
        entry("/search?q=salt+ferry", body=page("Salt ferry · Search"), at=3),
    ).steps
    assert [s.expect.text for s in steps] == ["Search", "About us", "Check out", "Search"]


def test_pages_of_one_kind_are_known_by_what_they_share(tmp_path: Path) -> None:
    book = [page(f"{t} · Bookshop", "<button>Add to basket</button>") for t in ("The Salt Ferry", "The Glass Atlas")]
    steps = proposed(
        tmp_path, entry("/", body=page("Bookshop")), entry("/books/1", body=book[0], at=1),
        entry("/books/2", body=book[1], at=2), vary=True,
    ).steps  # fmt: skip
    assert [s.expect.text for s in steps] == ["Bookshop", "Add to basket", "Add to basket"]


def test_nothing_personal_is_expected_on_a_page(tmp_path: Path) -> None:
    steps = proposed(tmp_path, entry("/"), entry("/me", body="<title>joe@example.org</title>", at=1)).steps
    assert steps[1].expect.text is None


def test_calls_keep_the_headers_that_tell_them_from_pages(tmp_path: Path) -> None:
    headers = {
        "X-Requested-With": "XMLHttpRequest",
        "X-CSRF-Token": "9f8e7d6c5b4a39281706",
        "Authorization": "Bearer abcdefgh",
    }
    sent = {"sent": '{"a": 1}', "sent_as": "application/vnd.api+json; charset=utf-8"}
    _, step = proposed(tmp_path, entry("/"), call("/api", **CONTEXT, **sent, headers=headers)).steps
    assert dict(step.headers) == {
        "Accept": "application/json",
        "X-Requested-With": "XMLHttpRequest",
        "Content-Type": "application/vnd.api+json",
    }
    assert [n.text for n in step.notes] == [
        'the header X-Csrf-Token was removed; if the site needs it, add headers: {X-Csrf-Token: "env:NAME"}',
        'the header Authorization was removed; if the site needs it, add headers: {Authorization: "env:NAME"}',
    ]


def test_a_token_in_a_header_is_captured_where_an_earlier_answer_holds_it(tmp_path: Path) -> None:
    token, key = "9f8e7d6c5b4a39281706", "eyJhbGciOi1.abc123DEF456"
    steps = proposed(
        tmp_path,
        entry("/", body=f'<title>Books</title><meta name="csrf-token" content="{token}">'),
        call("/session", **CONTEXT, body=f'{{"access_token": "{key}"}}', headers={"X-CSRF-Token": token}),
        call("/api", **CONTEXT, headers={"Authorization": f"Bearer {key}", "X-CSRF-Token": token}),
    ).steps
    (csrf,), (access,) = (dict(step.capture) for step in steps[:2])
    assert [dict(step.headers).get("X-Csrf-Token") for step in steps] == [None, f"{{{csrf}}}", f"{{{csrf}}}"]
    assert dict(steps[2].headers)["Authorization"] == f"Bearer {{{access}}}"
    assert [n.text for step in steps for n in step.notes if n.urgent] == []


def test_a_redirect_that_leaves_the_site_is_expected_and_one_within_it_is_followed(tmp_path: Path) -> None:
    pay = entry("/pay", **CONTEXT, status=303, location="https://bank.example/")
    lost = entry("/a", at=2, status=302, location="/b")
    cached = entry("/c", at=3, status=304)
    assert [s.expect.status for s in proposed(tmp_path, entry("/"), pay, lost, cached).steps] == [200, 303, None, 200]


def test_every_request_is_accounted_for(tmp_path: Path) -> None:
    document = har(
        call("/early"),
        entry("/", at=1, status=302, location="/home"),
        entry("/home", at=2),
        entry("/a.css", accept="text/css", mime="text/css", at=3),
        entry("https://t.example/p.gif", accept="*/*", at=4),
        entry("/x", at=5, status=500),
        entry("/y", at=6, method="PROPFIND"),
    )
    p = propose(read(tmp_path, document), name="walk")
    others, left = (sum(c.number for c in counted) for counted in (p.other_hosts, p.left_out))
    assert (p.requests, len(p.steps), p.folded, p.assets, others, left) == (7, 1, 1, 1, 1, 3)
    assert p.requests == len(p.steps) + p.folded + p.assets + others + left


def test_the_journey_begins_at_the_first_page(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, call("/api"), entry("/login", method="POST", at=1), entry("/books?page=2", at=2))
    assert [(s.path, s.recorded) for s in proposal.steps] == [("{landing}", "/books?page=2")]
    assert [(c.number, c.what) for c in proposal.left_out] == [(2, "requests before the first page")]


def test_an_api_without_pages_is_a_journey_of_calls(tmp_path: Path) -> None:
    assert [s.path for s in proposed(tmp_path, call("/v1/a"), call("/v1/b")).steps] == ["/v1/a", "/v1/b"]


def test_a_recording_of_failures_only_is_no_journey(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"status 500"):
        proposed(tmp_path, entry("/", status=500))


def test_a_day_at_the_shop_is_cut_to_what_a_journey_can_hold(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, *(entry(f"/p/{n}", at=n) for n in range(MAX_STEPS + 5)))
    assert len(proposal.steps) == MAX_STEPS
    assert [(c.number, c.what) for c in proposal.left_out] == [(5, "requests beyond what one journey can hold")]


def test_session_ids_in_addresses_are_removed(tmp_path: Path) -> None:
    _, step = proposed(tmp_path, entry("/"), entry("/basket;jsessionid=A1B2?PHPSESSID=abcdef&x=1", at=1)).steps
    assert step.path == "/basket%3Bjsessionid%3Dremoved?PHPSESSID=removed&x=1"


def test_an_address_is_kept_as_it_was_written_where_nothing_changes(tmp_path: Path) -> None:
    target = "/a%2Fb/c+d/%E2%82%AC?q=x+y&z=%7Bid%7D&flag&e="
    _, step = proposed(tmp_path, entry("/"), entry(target + "#top", at=1)).steps
    assert step.path == target


def test_a_word_in_a_path_is_no_field(tmp_path: Path) -> None:
    """A login, an account or a session in a path names a page, not what was typed."""
    paths = ("/login/callback", "/account/orders", "/session/renew", "/mail/inbox", "/token/list")
    assert [s.path for s in proposed(tmp_path, entry("/"), *map(entry, paths)).steps[1:]] == list(paths)


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("email", "joe", "visitor@example.com"),
        ("confirm_email_2", "joe@example.org", "visitor@example.com"),
        ("newsletter", "joe@example.org", "visitor@example.com"),
        ("billing[postcode]", "SW1A 1AA", "1 Example Street"),
        ("shipping[first_name]", "Joe", "Visitor"),
        ("customer[phone]", "0161 496 0000", "+44 20 7946 0000"),
        ("payment[cvc]", "737", "test-card-code"),
        ("cc-number", "4111 1111 1111 1111", "test-card-number"),
        ("free", "4111-1111-1111-1111", "test-card-number"),
        ("note", "call joe@example.org or pay 4111111111111111", "call visitor@example.com or pay test-card-number"),
        ("session", "short", "removed"),
        ("mailing", "on", "on"),
        ("passenger", "2", "2"),
        ("password", "", ""),
        ("quantity", "2", "2"),
        ("isbn", "9781234567897", "9781234567897"),
        ("message", "a nice day", "a nice day"),
    ],
)
def test_what_a_field_shows(tmp_path: Path, field: str, value: str, shown: str) -> None:
    form, _, _ = body_of(tmp_path, sent=urlencode({field: value}))
    assert form == {field: shown}


def test_a_password_is_not_shown_wherever_else_it_turns_up(tmp_path: Path) -> None:
    steps = proposed(tmp_path, entry("/?x=hunter22"), entry("/a?p=hunter22", method="POST", sent="pwd=hunter22")).steps
    assert "hunter22" not in repr(steps)


def test_a_cookie_is_not_shown_wherever_else_it_turns_up(tmp_path: Path) -> None:
    cookie = {"Cookie": "basket=b4sk3t-0001; lang=en"}
    proposal = proposed(tmp_path, entry("/", headers=cookie), entry("/a?b=b4sk3t-0001&lang=en"))
    assert proposal.steps[1].path == "/a?b=removed&lang=en"
    assert {c.what: c.number for c in proposal.removed} == {"cookie": 2, "session id or token": 1}
