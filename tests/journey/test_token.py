"""Machine-made text against words, names and slugs; cards against other numbers."""

from __future__ import annotations

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.journey.token import is_card, is_token


@given(st.binary(min_size=16, max_size=64))
def test_sixteen_random_bytes_in_hexadecimal_are_a_token(raw: bytes) -> None:
    assert is_token(raw.hex()) or raw.hex().isalpha() or len(set(raw)) < 3


@given(st.uuids())
def test_every_uuid_is_a_token(uuid: object) -> None:
    assert is_token(str(uuid))


def test_nearly_every_random_text_of_32_letters_and_digits_is_a_token() -> None:
    luck = random.Random(5)
    made = [base64.urlsafe_b64encode(luck.randbytes(24)).decode() for _ in range(2_000)]
    assert sum(map(is_token, made)) >= 1_990


@pytest.mark.parametrize(
    "text",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1g",
        "sess_4eC39HqLyjWDarjtT1zdP7dc",
        "Bearer 779205012dd380aef54945bf",
        "gid://shop/Cart/c1-7a9f3e2b8d4c6a1e",
    ],
)
def test_tokens_are_seen(text: str) -> None:
    assert is_token(text)


@pytest.mark.parametrize(
    "text",
    [
        "/books/17",
        "the-quiet-harbour-a-novel-by-ada-marlow-2nd-edition-2023",
        "The-Quiet-Harbour-2nd-Edition-2023",
        "AddToCartMutationForCheckout",
        "Donaudampfschifffahrtsgesellschaft",
        "iphone14promax256gb",
        "9781234567897",
        "39897499729985",
        "1763812345678",
        "utm_source=newsletter&utm_campaign=spring2026",
        "2026-11-22T12:00:00.000Z",
        "application/json",
        "",
    ],
)
def test_words_slugs_and_numbers_are_none(text: str) -> None:
    assert not is_token(text)


@pytest.mark.parametrize(
    "text", ["4111111111111111", "5555555555554444", "378282246310005", "6011 1111 1111 1117", "4111-1111-1111-1112"]
)
def test_cards_are_seen(text: str) -> None:
    assert is_card(text)


@pytest.mark.parametrize("text", ["4111111111111112", "1763812345678", "9781234567897", "123456789012", "0" * 16])
def test_other_numbers_are_no_cards(text: str) -> None:
    assert not is_card(text)
