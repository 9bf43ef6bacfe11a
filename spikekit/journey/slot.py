"""A recorded request taken apart into the values it sends, and put together again with some of them replaced."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias
from urllib.parse import quote, unquote, unquote_plus

from spikekit.site.placeholder import PLACEHOLDER


class Where(StrEnum):
    """The part of a request that a value stands in."""

    SEGMENT = "segment"
    QUERY = "query"
    FORM = "form"
    JSON = "json"
    HEADER = "header"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One value that a request sends. ``name`` is the field's, a segment's the segment before it."""

    where: Where
    name: str
    text: str
    is_number: bool = False

    @property
    def field(self) -> str:
        """The name, where it says what the value is: ``/login/new`` is no login called "new"."""
        return "" if self.where is Where.SEGMENT else self.name


@dataclass(frozen=True, slots=True)
class Hole:
    """A placeholder instead of a value."""

    name: str

    def __str__(self) -> str:
        return f"{{{self.name}}}"


Filling: TypeAlias = "str | Hole"
Fill = Callable[[Slot], Filling]
Json: TypeAlias = Any
"""What ``json.loads`` returns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a step sends. Segments and the query's pairs are as they stood in the address, still encoded.

    A segment that varies is a hole already.
    """

    method: str
    segments: tuple[str | Hole, ...]
    query: tuple[tuple[str, str | None], ...] = ()
    form: tuple[tuple[str, str], ...] | None = None
    json: Json = None
    notes: tuple[str, ...] = ()


def slots(request: Request) -> list[Slot]:
    """Every value the request sends, in the order it is written."""
    found: list[Slot] = []

    def collect(slot: Slot) -> str:
        found.append(slot)
        return slot.text

    filled(request, collect, str)
    return found


def filled(request: Request, fill: Fill, rename: Callable[[str], str]) -> tuple[str, dict[str, str] | None, Json]:
    """The path, form and JSON of the step: every value through ``fill``, every field's name through ``rename``."""
    path = "/".join(_segment(request.segments, i, fill) for i in range(len(request.segments)))
    pairs = "&".join(_pair(name, value, fill, rename) for name, value in request.query)
    form = None
    if request.form is not None:
        form = {plain(rename(n)): _text(fill(Slot(where=Where.FORM, name=n, text=v))) for n, v in request.form}
    body = None if request.json is None else _json(request.json, "", fill, rename)
    return path + (f"?{pairs}" if pairs else ""), form, body


def plain(text: str) -> str:
    """Text in which no braces can be taken for a placeholder's."""
    return PLACEHOLDER.sub(r"{ \1 }", text)


def encoded(text: str) -> str:
    """A value as it may stand anywhere in a path or query."""
    return quote(text, safe="~:@!$'()*,")


def _segment(segments: tuple[str | Hole, ...], index: int, fill: Fill) -> str:
    raw = segments[index]
    if isinstance(raw, Hole) or not raw:
        return str(raw)
    name = next((unquote(s) for s in reversed(segments[:index]) if isinstance(s, str) and s), "")
    text = unquote(raw)
    return _kept(raw, text, fill(Slot(where=Where.SEGMENT, name=name, text=text)))


def _pair(name: str, value: str | None, fill: Fill, rename: Callable[[str], str]) -> str:
    decoded = unquote_plus(name)
    key = _kept(name, decoded, rename(decoded))
    if value is None:
        return key
    text = unquote_plus(value)
    return f"{key}={_kept(value, text, fill(Slot(where=Where.QUERY, name=decoded, text=text)))}"


def _kept(raw: str, text: str, filling: Filling) -> str:
    """As it stood in the address where nothing changed: sites differ in what they leave unencoded."""
    if isinstance(filling, Hole):
        return str(filling)
    if filling != text:
        return encoded(filling)
    return re.sub(r"[^!$%&'()*+,\-./0-9:;=?@A-Z_a-z~\[\]]", lambda m: quote(m[0]), raw)


def _text(filling: Filling) -> str:
    return str(filling) if isinstance(filling, Hole) else plain(filling)


def _json(value: Json, name: str, fill: Fill, rename: Callable[[str], str]) -> Json:
    match value:
        case dict():
            return {plain(rename(key)): _json(item, key, fill, rename) for key, item in value.items()}
        case list():
            return [_json(item, name, fill, rename) for item in value]
        case str():
            return _text(fill(Slot(where=Where.JSON, name=name, text=value)))
        case bool() | None:
            return value
    text = str(value)
    filling = fill(Slot(where=Where.JSON, name=name, text=text, is_number=True))
    return value if filling == text else _text(filling)
