"""What a step sends: JSON kept as text with its placeholders, and every text in which placeholders may stand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

from spikekit.files.json_schema import JsonSchema
from spikekit.files.schema import refuse_shape
from spikekit.files.tree import Broken, Items, Mapping, Node, Place, Scalar


@dataclass(frozen=True, slots=True)
class JsonReader:
    """A mapping or list, kept as JSON text with its placeholders."""

    expected: str = 'a mapping or a list such as {basket: "{id}"}'

    def read(self, place: Place) -> str | None:
        if not isinstance(place.node, Mapping | Items):
            refuse_shape(place, self.expected)
            return None
        return json.dumps(_plain(place.node, place), ensure_ascii=False, separators=(",", ":"))

    def schema(self) -> JsonSchema:
        return {"type": ["object", "array"]}


def written_texts(place: Place) -> Iterable[Place]:
    """Every written key and value at and under a place."""
    match place.node:
        case Scalar():
            yield place
        case Items():
            for index in range(len(place.node.items)):
                yield from written_texts(place.item(index))
        case Mapping():
            for name in place.node.entries:
                yield place.at_key(name)
                yield from written_texts(place.at(name))


def _plain(node: Node, place: Place) -> Any:
    match node:
        case Items():
            return [_plain(item, place.item(i)) for i, item in enumerate(node.items)]
        case Mapping():
            return {name: _plain(value, place.at(name)) for name, (_, value) in node.entries.items()}
        case Broken():
            return None
    if node.is_null:
        return None
    if node.truth is not None:
        return node.truth
    if not node.is_number:
        return node.text
    try:
        number = json.loads(node.text.lstrip("+"))
        if isfinite(number):
            return number
    except (ValueError, OverflowError):
        pass
    place.expected("a number as JSON writes it", "put it in quotes if it is text")
    return None
