"""Values that the site hands out and gets back: found again by a pattern that was tried."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spikekit.journey.capture import may_be_captured, pattern_for
from spikekit.journey.slot import Slot, Where
from tests.journey.recordings import call, entry, proposed

TOKEN = "9f8e7d6c5b4a39281706"
OTHER = "0a1b2c3d4e5f60718293"


def anything(text: str) -> bool:
    return True


def slot(name: str, text: str = TOKEN, where: Where = Where.FORM) -> Slot:
    return Slot(where=where, name=name, text=text)


@pytest.mark.parametrize(
    ("name", "answer", "pattern"),
    [
        ("csrf", '<input type="hidden" name="csrf" value="{}">', 'name="csrf"[^>]*?value="([^"]+)"'),
        ("csrf", "<input value='{}' class=x name='csrf'/>", "value='([^']+)'[^>]*?name='csrf'"),
        ("csrf", "<input name=csrf value={}>", "name=csrf[^>]*?value=([^\\s\"'>]+)"),
        ("_token", '<meta name="csrf-token" content="{}">', 'name="csrf-token"[^>]*?content="([^"]+)"'),
        ("token", '{{"data": {{"checkoutToken" : "{}"}}}}', '"checkoutToken"\\s*:\\s*"([^"]+)"'),
        ("nonce", "<script>window.shop_nonce = '{}';</script>", r"\bwindow\.shop_nonce\s*[:=]\s*'([^']+)'"),
        ("t", '<form data-token="{}" action="/">', 'data-token="([^"]+)"'),
        ("t", '<a href="/checkout/c/{}?step=1">', r""""/checkout/c/([^"'/?&<>\s]+)"""),
    ],
)
def test_a_token_is_found_wherever_pages_carry_one(name: str, answer: str, pattern: str) -> None:
    page = f"<title>x</title>{answer.format(TOKEN)}"
    found = pattern_for(slot(name), page, anything)
    assert found == pattern
    # The next visitor's page has another token in the same place.
    again = re.search(found, page.replace(TOKEN, OTHER))
    assert again is not None
    assert again[1] == OTHER


def test_the_field_of_the_same_name_goes_before_others_with_the_same_value() -> None:
    page = f'<input name="a" value="{TOKEN}"><input name="csrf" value="{TOKEN}">'
    assert pattern_for(slot("csrf"), page, anything) == 'name="csrf"[^>]*?value="([^"]+)"'


def test_a_pattern_whose_first_match_is_another_value_is_not_proposed() -> None:
    assert pattern_for(slot("id", "8812"), '{"id": 1, "items": [{"id": 8812}]}', anything) is None
    assert pattern_for(
        slot("csrf"), f'<input name="csrf" value="{OTHER}"><i name="csrf" value="{TOKEN}">', anything
    ) != ('name="csrf"[^>]*?value="([^"]+)"')


def test_a_token_of_one_form_among_several_is_captured_from_that_form() -> None:
    """As Rails has it: every form its own."""
    forms = "".join(
        f'<form method="post" action="/{action}"><input name="csrf" value="{token}"></form>'
        for action, token in (("search", OTHER), ("basket", TOKEN), ("news", "11" + OTHER))
    )
    found = pattern_for(slot("csrf"), forms, anything)
    assert found == r'''<form[^>]*action="/basket"[^>]*>[\s\S]*?name="csrf"[^>]*?value="([^"]+)"'''


def test_a_value_that_the_page_writes_otherwise_is_not_captured() -> None:
    """What is captured is sent as it stands in the page: entities would be sent as entities."""
    assert pattern_for(slot("csrf", "a&b" + TOKEN), f'<input name="csrf" value="a&amp;b{TOKEN}">', anything) is None


def test_no_pattern_shows_a_secret_that_stands_beside_the_value() -> None:
    page = f'<a href="/u/{OTHER}/c/{TOKEN}">'
    assert pattern_for(slot("t"), page, lambda text: OTHER not in text) is None


@pytest.mark.parametrize(
    ("name", "text", "where", "may"),
    [
        ("anything", TOKEN, Where.SEGMENT, True),
        ("csrf", "abcd", Where.FORM, True),
        ("cart_id", "8812", Where.JSON, True),
        ("cartId", "1", Where.QUERY, True),
        ("cart", "8812", Where.SEGMENT, True),
        ("books", "17", Where.SEGMENT, False),
        ("quantity", "2", Where.FORM, False),
        ("id", "true", Where.JSON, False),
        ("q", "harbour", Where.QUERY, False),
    ],
)
def test_tokens_and_ids_may_be_captured_and_what_people_type_not(name: str, text: str, where: Where, may: bool) -> None:
    assert may_be_captured(slot(name, text, where)) is may


def form(token: str) -> str:
    return f'<form><input name="csrf" value="{token}"></form>'


def test_a_token_for_each_request_is_captured_each_time(tmp_path: Path) -> None:
    """Under one name: each new one takes the place of the one that was spent."""
    steps = proposed(
        tmp_path,
        entry("/", body=form(TOKEN)),
        entry("/a", method="POST", sent=f"csrf={TOKEN}", body=form(OTHER), at=1),
        entry("/b", method="POST", sent=f"csrf={OTHER}", at=2),
    ).steps
    assert [list(dict(s.capture)) for s in steps] == [["csrf"], ["csrf"], []]
    assert [s.form for s in steps] == [None, {"csrf": "{csrf}"}, {"csrf": "{csrf}"}]


def test_two_tokens_in_use_at_once_have_two_names(tmp_path: Path) -> None:
    steps = proposed(
        tmp_path,
        entry("/", body=form(TOKEN)),
        entry("/a", body=form(OTHER), at=1),
        entry("/b", method="POST", sent=f"csrf={TOKEN}", at=2),
        entry("/c", method="POST", sent=f"csrf={OTHER}", at=3),
    ).steps
    assert [list(dict(s.capture)) for s in steps] == [["csrf"], ["csrf_2"], [], []]
    assert [s.form for s in steps[2:]] == [{"csrf": "{csrf}"}, {"csrf": "{csrf_2}"}]


def test_a_session_s_token_is_captured_once_from_the_page_before_its_first_use(tmp_path: Path) -> None:
    page = form(TOKEN)
    steps = proposed(
        tmp_path,
        entry("/", body=page),
        entry("/a", body=page, at=1),
        entry("/b", method="POST", sent=f"csrf={TOKEN}", body=page, at=2),
        entry("/c", method="POST", sent=f"csrf={TOKEN}", at=3),
    ).steps
    assert [list(dict(s.capture)) for s in steps] == [[], ["csrf"], [], []]
    assert steps[3].form == {"csrf": "{csrf}"}


def test_an_api_s_ids_go_into_paths_queries_and_bodies(tmp_path: Path) -> None:
    cart = '{"cart": {"id": 8812, "key": "c1-7a9f3e2b8d4c6a1e"}}'
    steps = proposed(
        tmp_path,
        entry("/"),
        call("/api/cart", method="POST", body=cart, status=201, at=1),
        call("/api/cart/8812/items", method="POST", sent='{"book": 17}', sent_as="application/json", at=2),
        call("/api/pay?cart_id=8812", method="PUT", sent='{"cartId": 8812, "key": "c1-7a9f3e2b8d4c6a1e"}',
             sent_as="application/json", at=3),
    ).steps  # fmt: skip
    assert dict(steps[1].capture) == {"cart": r'"id"\s*:\s*(-?[0-9.]+)', "key": r'"key"\s*:\s*"([^"]+)"'}
    assert (steps[2].path, steps[2].json) == ("/api/cart/{cart}/items", {"book": 17})
    assert steps[3].path == "/api/pay?cart_id={cart}"
    assert steps[3].json == {"cartId": "{cart}", "key": "{key}"}
    assert [n.text for n in steps[3].notes] == [
        "{cart} was sent as a number and is text here: the site has to accept that"
    ]


def test_a_token_that_nothing_explains_is_removed_and_marked(tmp_path: Path) -> None:
    _, step = proposed(tmp_path, entry("/"), entry("/a", method="POST", sent=f"csrf={TOKEN}")).steps
    assert step.form == {"csrf": "removed"}
    (note,) = step.notes
    assert note.urgent
    assert note.text == "csrf was removed: it stands in no earlier answer, so the site may refuse this step"
