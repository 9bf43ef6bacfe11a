"""A small declarative schema: what a mapping may hold is written once, as a class; reading, messages and docs use it.

    class Limits(Record):
        '''The most that may ever be sent to a target.'''
        duration: float | None = key(DURATION, "the longest run", example="15m")

``Limits.read(place)`` notes every problem and still returns what could be read, so that all problems come at once.
Attributes of absent and of wrong keys hold the default. ``docs/design/files.md`` says why this is not pydantic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from spikekit.files.echo import nearest, quoted, suggestion
from spikekit.files.json_schema import JsonSchema, either, scalar
from spikekit.files.tree import Broken, Items, Mapping, Place, Scalar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Reader(Protocol[T_co]):
    """Turns the value at a place into what it means; ``None`` after noting a problem."""

    @property
    def expected(self) -> str:
        """What the value should be, as it follows "expected …"."""
        ...

    def read(self, place: Place) -> T_co | None: ...

    def schema(self) -> JsonSchema:
        """The same as JSON Schema, no stricter than ``read``."""
        ...


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a mapping: how it is read, and what the reference pages say of it."""

    reader: Reader[Any]
    meaning: str
    example: str
    default: Any
    otherwise: str
    required: bool


def key(
    reader: Reader[Any],
    meaning: str,
    *,
    example: str,
    default: Any = None,
    otherwise: str = "",
    required: bool = False,
) -> Any:
    """Declare a key. ``otherwise`` says in words what holds without it; ``default`` is the value then."""
    return Key(reader, meaning, example, default, otherwise, required)


class Record:
    """A mapping with known keys. Subclasses declare them with ``key``; a trailing ``_`` avoids Python's words."""

    keys: ClassVar[dict[str, Key]]
    noun: ClassVar[str]
    place: Place
    meant: frozenset[str] = frozenset()
    """Keys that an unknown one was probably meant to be: nobody needs to hear that these are missing, too."""

    def __init_subclass__(cls, *, noun: str) -> None:
        cls.noun = noun
        declared = {name: value for name, value in vars(cls).items() if isinstance(value, Key)}
        cls.keys = {name.rstrip("_"): value for name, value in declared.items()}
        for name, value in declared.items():
            setattr(cls, name, value.default)

    @classmethod
    def read(cls, place: Place) -> Self | None:
        """What the mapping says, after noting unknown, missing and wrong keys; ``None`` when it is no mapping."""
        if not isinstance(place.node, Mapping):
            refuse_shape(place, f"{cls.noun} with {', '.join(list(cls.keys)[:4])}")
            return None
        record = cls()
        record.place = place
        record.meant = refuse_unknown(place, cls.keys, cls.noun)
        for name, declared in cls.keys.items():
            if place.has(name):
                value = declared.reader.read(place.at(name))
                if value is not None:
                    attribute = name if hasattr(cls, name) else f"{name}_"
                    setattr(record, attribute, value)
            elif declared.required and name not in record.meant:
                place.at(name).refuse(f"expected {declared.reader.expected}, found nothing; {name} is required")
        record.check()
        return record

    def given(self) -> tuple[tuple[str, Any], ...]:
        """The keys that were given, with their values, in the order they are declared."""
        values = ((name, getattr(self, name)) for name in self.keys)
        return tuple((name, value) for name, value in values if value is not None)

    def check(self) -> None:
        """Rules between keys, noted at their places. Values that could not be read hold their default."""

    @classmethod
    def schema(cls) -> JsonSchema:
        """The mapping as JSON Schema, with what each key means."""
        shape: JsonSchema = {
            "type": "object",
            "properties": {name: _described(declared) for name, declared in cls.keys.items()},
            "required": [name for name, declared in cls.keys.items() if declared.required],
            "additionalProperties": False,
        }
        rules = cls.rules()
        return shape | ({"allOf": rules} if rules else {})

    @classmethod
    def rules(cls) -> list[JsonSchema]:
        """Those rules of ``check`` that JSON Schema can say."""
        return []


def _described(declared: Key) -> JsonSchema:
    otherwise = f" Otherwise: {declared.otherwise}." if declared.otherwise else ""
    meaning = f"{declared.meaning}, such as {declared.example}.{otherwise}"
    return {**declared.reader.schema(), "description": meaning}


@dataclass(frozen=True, slots=True)
class Nested(Generic[T]):
    """A record as the value of a key."""

    record: type[T]

    @property
    def expected(self) -> str:
        return str(self.record.noun)  # type: ignore[attr-defined]

    def read(self, place: Place) -> T | None:
        value: T | None = self.record.read(place)  # type: ignore[attr-defined]
        return value

    def schema(self) -> JsonSchema:
        shape: JsonSchema = self.record.schema()  # type: ignore[attr-defined]
        return shape


@dataclass(frozen=True, slots=True)
class Written(Generic[T]):
    """One written value. ``parse`` takes its text; the text of its ``ValueError`` is a note after the message.

    ``shape`` is what of it JSON Schema can say.
    """

    expected: str
    parse: Callable[[str], T]
    shape: JsonSchema = field(default_factory=scalar)

    def read(self, place: Place) -> T | None:
        node = place.node
        if not isinstance(node, Scalar) or node.is_null or node.truth is not None:
            refuse_shape(place, self.expected)
            return None
        try:
            return self.parse(node.text)
        except ValueError as error:
            place.expected(self.expected, str(error))
            return None

    def schema(self) -> JsonSchema:
        return self.shape


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """One word of a closed set. ``noun`` reads "… is not a kind of channel".

    ``synonyms`` are words that people write instead: they are not taken, but the message says what they mean.
    """

    noun: str
    choices: dict[str, T]
    synonyms: dict[str, str] = field(default_factory=dict)

    @property
    def expected(self) -> str:
        return f"{self.noun}: {', '.join(self.choices)}"

    def read(self, place: Place) -> T | None:
        node = place.node
        if not isinstance(node, Scalar) or node.is_null:
            refuse_shape(place, self.expected)
            return None
        if node.text not in self.choices:
            place.refuse(f"{quoted(node.text)} is not {self.noun}{suggestion(node.text, self.choices, self.synonyms)}")
            return None
        return self.choices[node.text]

    def schema(self) -> JsonSchema:
        return {"enum": [*self.choices, *(int(c) for c in self.choices if c.isdigit())]}


@dataclass(frozen=True, slots=True)
class Truth:
    """``true`` or ``false``."""

    expected: str = "true or false"

    def read(self, place: Place) -> bool | None:
        if isinstance(place.node, Scalar) and place.node.truth is not None:
            return place.node.truth
        refuse_shape(place, self.expected)
        return None

    def schema(self) -> JsonSchema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class ListOf(Generic[T]):
    """A list whose items are all read alike; the wrong ones are left out. ``single``: one bare item will do."""

    item: Reader[T]
    least: int = 0
    most: int = 1_000
    single: bool = False

    @property
    def expected(self) -> str:
        return f"{self.item.expected}, or a list of such" if self.single else f"a list, each item {self.item.expected}"

    def read(self, place: Place) -> tuple[T, ...] | None:
        if self.single and isinstance(place.node, Scalar):
            one = self.item.read(place)
            return None if one is None else (one,)
        if not isinstance(place.node, Items):
            refuse_shape(place, self.expected)
            return None
        size = len(place.node.items)
        if not self.least <= size <= self.most:
            place.refuse(f"expected {_size(self.least, self.most)}, found {size}")
        values = (self.item.read(place.item(i)) for i in range(min(size, self.most)))
        return tuple(v for v in values if v is not None)

    def schema(self) -> JsonSchema:
        item = self.item.schema()
        items = {"type": "array", "items": item, "minItems": self.least, "maxItems": self.most}
        return either(item, items) if self.single else items


@dataclass(frozen=True, slots=True)
class MapOf(Generic[T]):
    """A mapping whose keys are the user's own names, checked by ``name``; wrong entries are left out."""

    name: Written[str]
    value: Reader[T]
    least: int = 0
    most: int = 1_000

    @property
    def expected(self) -> str:
        return f"a mapping from {self.name.expected} to {self.value.expected}"

    def read(self, place: Place) -> tuple[tuple[str, T], ...] | None:
        if not isinstance(place.node, Mapping):
            refuse_shape(place, self.expected)
            return None
        size = len(place.node.entries)
        if not self.least <= size <= self.most:
            place.refuse(f"expected {_size(self.least, self.most)}, found {size}")
        entries = []
        for written in list(place.node.entries)[: self.most]:
            name, value = self.name.read(place.at_key(written)), self.value.read(place.at(written))
            if name is not None and value is not None:
                entries.append((name, value))
        return tuple(entries)

    def schema(self) -> JsonSchema:
        return {
            "type": "object",
            "propertyNames": self.name.schema(),
            "additionalProperties": self.value.schema(),
            "minProperties": self.least,
            "maxProperties": self.most,
        }


@dataclass(frozen=True, slots=True)
class OneOf(Generic[T]):
    """A bare value, or a mapping: whichever stands there is read by its own reader."""

    scalar: Reader[T]
    mapping: Reader[T]

    @property
    def expected(self) -> str:
        return f"{self.scalar.expected}, or {self.mapping.expected}"

    def read(self, place: Place) -> T | None:
        if isinstance(place.node, Mapping):
            return self.mapping.read(place)
        return self.scalar.read(place)

    def schema(self) -> JsonSchema:
        return either(self.scalar.schema(), self.mapping.schema())


def sure(value: T | None) -> T:
    """A value that is there because its file had no problem."""
    if value is None:
        raise AssertionError("a required value is missing from a file without problems")
    return value


def refuse_shape(place: Place, expected: str) -> None:
    """Say what should stand here, unless the value was already complained about."""
    if not isinstance(place.node, Broken):
        place.expected(expected)


def refuse_unknown(place: Place, known: Iterable[str], noun: str) -> frozenset[str]:
    """Note every key of the mapping that is not known, with the nearest that is. Returns the nearest ones."""
    allowed = list(known)
    meant = set()
    for name in place.node.entries if isinstance(place.node, Mapping) else ():
        if place.reading.is_full:
            break
        if name not in allowed:
            place.at_key(name).refuse(f"{quoted(name)} is not a key of {noun}{suggestion(name, allowed)}")
            meant.add(nearest(name, allowed) or "")
    return frozenset(meant)


def _size(least: int, most: int) -> str:
    return f"at least {least}" if least else f"at most {most}"
