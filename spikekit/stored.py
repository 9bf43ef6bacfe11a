"""Values as JSON and back: what one process of ours writes for another, or for later.

A dataclass is an object of its fields; the declared types tell how to read each one back. A document is such an object
with its ``schema``. What people write is read by ``spikekit.files``; here the first thing that is wrong ends the
reading.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import MISSING, asdict, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Reader = Callable[[Any], Any]
T = TypeVar("T")

_WRITTEN_AS_TEXT = (Path, IPv4Network, IPv6Network)


def text_of(value: Any, *, indent: int | None = None) -> str:
    """A dataclass as JSON text."""
    separators = (",", ":") if indent is None else None
    return json.dumps(value, default=_plain, indent=indent, separators=separators, ensure_ascii=False)


def value_of(kind: type[T], plain: Any) -> T:
    """The ``kind`` that ``plain``, as ``json.loads`` gives it, stands for.

    Fields that ``kind`` does not know are passed over. Raises ``ValueError`` for anything else that does not fit.
    """
    return cast(T, _reader(cast(Any, kind))(plain))


def document_of(value: Any) -> dict[str, Any]:
    """A dataclass with a ``schema`` as plain values, that one first."""
    plain = asdict(value)
    return {"schema": plain.pop("schema"), **plain}


def of_document(kind: type[T], schema: str, document: dict[str, Any]) -> T:
    """The ``kind`` of a document; keys of newer versions are passed over.

    Raises ``ValueError`` naming what is missing or no such value when it is not a whole document of that ``schema``.
    """
    if document.get("schema") != schema:
        raise ValueError(f"expected schema {schema}, found {document.get('schema')!r:.60}")
    try:
        return value_of(kind, document)
    except ValueError as error:
        raise ValueError(f"not a whole {schema} document: {error}") from error


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, _WRITTEN_AS_TEXT):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form as JSON")


@cache
def _reader(kind: Any) -> Reader:
    """How to read a ``kind``; made once, for a profile has thousands of figures."""
    of, parts = get_origin(kind), get_args(kind)
    if kind is Any:
        return lambda plain: plain
    if is_dataclass(kind):
        return _record(kind)
    if of in (Union, UnionType):
        return _first_of(kind, parts)
    if of is Literal:
        return _checked(kind, lambda plain: plain in parts)
    if of in (list, tuple, frozenset):
        return _row(kind, of, parts)
    if of is dict and parts[0] is str:
        return _table(_reader(parts[1]))
    return _single(kind)


def _single(kind: Any) -> Reader:
    if kind is float:
        return _number
    if kind is int:
        return _whole
    if kind is str:
        return _checked(kind, lambda plain: isinstance(plain, str))
    if kind in (bool, NoneType):
        return _checked(kind, lambda plain: type(plain) is kind)
    text = _reader(str)
    if kind is datetime:
        return lambda plain: datetime.fromisoformat(text(plain))
    if issubclass(kind, (*_WRITTEN_AS_TEXT, Enum)):
        return lambda plain: kind(text(plain))
    raise TypeError(f"{kind} has no form as JSON")


def _number(plain: Any) -> float:
    if isinstance(plain, int | float) and not isinstance(plain, bool):
        with contextlib.suppress(OverflowError):
            return float(plain)
    raise _misfit(float, plain)


def _whole(plain: Any) -> int:
    """Some programs write 20.0 for 20."""
    if type(plain) is int or (isinstance(plain, float) and plain.is_integer()):
        return int(plain)
    raise _misfit(int, plain)


def _checked(kind: Any, fits: Callable[[Any], bool]) -> Reader:
    def read(plain: Any) -> Any:
        if not fits(plain):
            raise _misfit(kind, plain)
        return plain

    return read


def _record(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    needed = [f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING]

    def read(plain: Any) -> Any:
        if not isinstance(plain, dict):
            raise _misfit(kind, plain)
        for name in needed:
            if name not in plain:
                raise ValueError(f"{name} is missing")
        found = {}
        for name in readers.keys() & plain.keys():
            try:
                found[name] = readers[name](plain[name])
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from error
        return kind(**found)

    return read


def _first_of(kind: Any, parts: tuple[Any, ...]) -> Reader:
    readers = [_reader(part) for part in parts if part is not NoneType]
    may_be_none = NoneType in parts

    def read(plain: Any) -> Any:
        if plain is None and may_be_none:
            return None
        if len(readers) == 1:
            # It says itself what is wrong, and where.
            return readers[0](plain)
        for reader in readers:
            try:
                return reader(plain)
            except ValueError:
                continue
        raise _misfit(kind, plain)

    return read


def _row(kind: Any, of: Any, parts: tuple[Any, ...]) -> Reader:
    """``list[X]``, ``tuple[X, ...]`` and ``frozenset[X]``; or ``tuple[X, Y]``, as long as its parts."""
    fixed = of is tuple and parts[-1] is not Ellipsis
    readers = [_reader(part) for part in parts if part is not Ellipsis]
    ready = frozenset() if fixed else _ready(parts[0])

    def read(plain: Any) -> Any:
        if not isinstance(plain, list | tuple) or (fixed and len(plain) != len(readers)):
            raise _misfit(kind, plain)
        if ready.issuperset(map(type, plain)):
            # A run has thousands of such figures.
            return of(plain)
        if fixed:
            return tuple(reader(part) for reader, part in zip(readers, plain, strict=True))
        return of(map(readers[0], plain))

    return read


def _ready(kind: Any) -> frozenset[type]:
    """Types whose values are already what they stand for."""
    parts = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    return frozenset(part for part in parts if part in (int, float, str, bool, NoneType))


def _table(reader: Reader) -> Reader:
    def read(plain: Any) -> dict[str, Any]:
        if not isinstance(plain, dict):
            raise _misfit(dict, plain)
        return {name: reader(part) for name, part in plain.items()}

    return read


def _misfit(kind: Any, plain: Any) -> ValueError:
    return ValueError(f"expected {getattr(kind, '__name__', kind)}, got {plain!r:.60}")
