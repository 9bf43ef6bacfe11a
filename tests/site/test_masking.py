"""What a server repeats of our secrets is shown by name only, however servers write it down."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from spikekit.site.masking import mask, secrets_of
from spikekit.site.model import Secret

HEADERS = (("Authorization", Secret(name="TOKEN")), ("X-Load-Test", "spikekit"))
WAYS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in a path": quote,
    "as one part of a path": lambda text: quote(text, safe=""),
    "in a form": quote_plus,
    "in JSON": lambda text: json.dumps(text)[1:-1],
    "in base64": lambda text: b64encode(text.encode()).decode(),
}
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=4, max_size=30)


@pytest.mark.parametrize("way", WAYS)
@given(value=VALUES)
def test_a_secret_is_masked_however_it_is_written(way: str, value: str) -> None:
    """The text around it stays, unless the text around it is the secret itself (a token like " sent")."""
    assume(value.strip() == value and "env:TOKEN" not in value and value not in "env:TOKEN")
    written = WAYS[way](value)
    masked = mask(f"<<<{written}>>>", secrets_of(HEADERS, {"TOKEN": value}))
    assert written not in masked
    assert "env:TOKEN" in masked
    around = set(value) | set(written)
    assert "<" in around or ">" in around or masked == "<<<env:TOKEN>>>"


@pytest.mark.parametrize("way", WAYS)
def test_the_bare_token_of_a_bearer_is_a_secret_too(way: str) -> None:
    """A server may repeat just that."""
    secrets = secrets_of(HEADERS, {"TOKEN": 'Bearer a/b+"c=1'})
    written = WAYS[way]('a/b+"c=1')
    assert mask(f"token <{written}>", secrets) == "token <env:TOKEN>"


def test_a_word_too_short_to_be_secret_is_no_reason_to_black_out_a_page() -> None:
    """Three letters stand everywhere; and a variable that is not set masks nothing."""
    assert mask("abc and more", secrets_of(HEADERS, {"TOKEN": "abc"})) == "abc and more"
    assert secrets_of(HEADERS, {}) == ()
