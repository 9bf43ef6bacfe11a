"""Every value knows the line and column it was written at, however the YAML around it is laid out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from spikekit.files.parse import mark, parse
from spikekit.files.tree import Items, Mapping, Node, Reading, Scalar

WORDS = st.text("abcxyz 0189éß😀:-#'\"{}[]%,", min_size=1, max_size=12).filter(lambda t: t == t.strip())
TREES = st.recursive(
    WORDS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abcé_", min_size=1, max_size=5), inner, max_size=3)
    ),
    max_leaves=12,
)


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    for child in node.items if isinstance(node, Items) else ():
        yield from _scalars(child)
    for key, value in node.entries.values() if isinstance(node, Mapping) else ():
        yield key
        yield from _scalars(value)


def _plain(node: Node) -> Any:
    if isinstance(node, Mapping):
        return {name: _plain(value) for name, (_, value) in node.entries.items()}
    return [_plain(i) for i in node.items] if isinstance(node, Items) else getattr(node, "text", None)


@given(TREES, st.booleans(), st.integers(1, 6), st.integers(20, 200))
def test_every_scalar_stands_where_its_mark_says(tree: Any, flow: bool, indent: int, width: int) -> None:
    text = yaml.safe_dump({"top": tree}, allow_unicode=True, default_flow_style=flow, indent=indent, width=width)
    reading = Reading("f", Path())
    node = parse(text.encode(), reading)
    assert node is not None
    assert reading.problems == []
    assert _plain(node) == {"top": tree}
    lines = text.split("\n")
    for scalar in _scalars(node):
        written = lines[scalar.line - 1][scalar.column - 1 :]
        assert scalar.plain == (written[0] not in "\"'")
        first = written[0 if scalar.plain else 1]
        assert first in (scalar.text[0], "\\")


@given(st.data())
def test_the_python_and_the_c_parser_agree_on_every_mark(data: st.DataObject) -> None:
    text = yaml.safe_dump({"top": data.draw(TREES)}, allow_unicode=True, default_flow_style=data.draw(st.booleans()))
    ours: list[list[tuple[str | int, ...]]] = [
        [(type(e).__name__, *mark(e)) for e in yaml.parse(text, Loader=loader)]
        for loader in (yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    ]
    scalars = [[e for e in events if e[0] == "ScalarEvent"] for events in ours]
    assert scalars[0] == scalars[1]
