"""Any text as one YAML scalar: read back by our strict reader, and by everybody else's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from spikekit.files.parse import parse
from spikekit.files.tree import Items, Mapping, Place, Reading, Scalar
from spikekit.journey.scalar import comment, flow, scalar
from spikekit.site.body import JsonReader

TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    [
        "",
        "~",
        "null",
        "yes",
        "0x1f",
        "012",
        "1:30",
        ".5",
        "- a",
        "a: b",
        "a #b",
        "'",
        '"',
        "\\",
        "{x}",
        "%a",
        "@a",
        "`",
        "é",
    ]
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def ours(text: str) -> Any:
    reading = Reading("text", Path())
    node = parse(text.encode(), reading)
    assert reading.problems == []
    return node


@given(TEXT)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    node = ours(f"- {scalar(text)}\n- [{scalar(text)}]\n- {{{scalar(text)}: {scalar(text)}}}\n")
    assert isinstance(node, Items)
    first, second, third = node.items
    assert isinstance(first, Scalar)
    assert isinstance(second, Items)
    assert isinstance(third, Mapping)
    assert (first.text, first.is_null, first.truth, first.is_number) == (text, False, None, False)
    assert [s.text for s in second.items if isinstance(s, Scalar)] == [text]
    assert list(third.entries) == [text]
    assert yaml.safe_load(scalar(text)) == text


@given(JSON)
def test_json_comes_back_as_it_was(value: Any) -> None:
    read = JsonReader().read(Place(ours(flow([value])), "json", Reading("text", Path())))
    assert read is not None
    assert json.loads(read) == [value]


@given(st.text(st.characters()))
def test_a_comment_hides_nothing_and_ends_nothing(text: str) -> None:
    node = ours(f"- a  # {comment(text)}\n- b\n")
    assert [s.text for s in node.items] == ["a", "b"]


@given(st.text(st.characters()))
def test_half_characters_are_replaced_and_nothing_else(text: str) -> None:
    assert yaml.safe_load(scalar(text)) == "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
