"""The values campaign and site files share: text, names, counts, shares, durations, ranges, files, secrets' places."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spikekit.files import quantity
from spikekit.files.echo import is_control
from spikekit.files.instant import TIME_PATTERN, local_time, zone
from spikekit.files.json_schema import JsonSchema, either, scalar, words
from spikekit.files.schema import Choice, Written, refuse_shape, refuse_unknown
from spikekit.files.tree import Mapping, Place, Scalar, found
from spikekit.vocabulary import Range

MAX_LINE = 300
MAX_TEXT = 20_000
FRAMING = frozenset({"content-length", "transfer-encoding"})


def positive(parse: Callable[[str], float]) -> Callable[[str], float]:
    """``parse``, but not zero."""

    def parsed(text: str) -> float:
        value = parse(text)
        if value <= 0:
            raise ValueError("it must be more than zero")
        return value

    return parsed


def at_most(parse: Callable[[str], float], most: float, note: str) -> Callable[[str], float]:
    """``parse``, but no more than ``most``; else the note."""

    def parsed(text: str) -> float:
        value = parse(text)
        if value > most:
            raise ValueError(note)
        return value

    return parsed


def share(most: float) -> Callable[[str], float]:
    """A ratio no more than ``most``; a bare figure beyond it has probably lost its percent sign."""

    def parsed(text: str) -> float:
        value = quantity.ratio(text)
        if value > most:
            raise ValueError(f"it is at most {most:.0%}" if text.endswith("%") else f"did you mean {text}%?")
        return value

    return parsed


def _line(text: str) -> str:
    if not text.strip():
        raise ValueError("it is empty")
    if len(text) > MAX_LINE:
        raise ValueError(f"it is longer than {MAX_LINE} characters")
    if any(is_control(c) for c in text):
        raise ValueError("it holds characters that cannot be seen")
    return text


def _text(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueError(f"it is longer than {MAX_TEXT:,} characters")
    if any(is_control(c) for c in text if c not in "\n\t"):
        raise ValueError("it holds characters that cannot be seen")
    return text


def _identifier(text: str) -> str:
    if not re.fullmatch(IDENTIFIER_PATTERN, text):
        near = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40]
        raise ValueError(f"did you mean {near}?" if near and near != text else "")
    return text


def _header_name(text: str) -> str:
    if not re.fullmatch(HEADER_PATTERN, text):
        raise ValueError("")
    if text.lower() in FRAMING:
        raise ValueError("it says where a request ends, and is always sent as it must be")
    return text


def _word(text: str) -> str:
    if not re.fullmatch(WORD_PATTERN, text):
        raise ValueError("")
    return text


IDENTIFIER_PATTERN = "[a-z0-9][a-z0-9-]{0,62}"
WORD_PATTERN = "[A-Za-z_][A-Za-z0-9_]{0,62}"
HEADER_PATTERN = "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}"

LINE = Written("text of one line", _line, scalar(minLength=1, maxLength=MAX_LINE))
TEXT = Written("text", _text, scalar(maxLength=MAX_TEXT))
IDENTIFIER = Written(
    "a name of lower-case letters, digits and hyphens", _identifier, scalar(IDENTIFIER_PATTERN, minimum=0)
)
WORD = Written("a name of letters, digits and underscores", _word, words(f"{WORD_PATTERN}$"))
HEADER_NAME = Written("a header's name such as X-Load-Test", _header_name, scalar(HEADER_PATTERN))

_COUNT = "a count such as 250k or 6.2M"
_SHARE = "a share such as 2.6% or 0.026"
_DURATION = "a duration such as 90s, 20m or 1h30m"

NUMBER_SHAPE = scalar(quantity.NUMBER_PATTERN, exclusiveMinimum=0)
"""More than zero; for whoever writes ``positive(quantity.number)``."""
_COUNTED = scalar(quantity.COUNT_PATTERN, exclusiveMinimum=0, maximum=int(quantity.MAX_COUNT))
_SHARED = scalar(quantity.RATIO_PATTERN, minimum=0, maximum=1)

COUNT = Written(_COUNT, positive(quantity.count), _COUNTED | {"multipleOf": 1})
SHARE = Written(_SHARE, share(1.0), _SHARED)
POSITIVE_SHARE = Written(_SHARE, positive(share(1.0)), _SHARED | {"exclusiveMinimum": 0})
DURATION = Written(_DURATION, quantity.duration, scalar(f"0|{quantity.DURATION_PATTERN}", minimum=0, maximum=0))
POSITIVE_DURATION = Written(_DURATION, positive(quantity.duration), words(f"{quantity.DURATION_PATTERN}$"))
PER_SECOND = Written(
    "a number of requests/s such as 95 or 5k", positive(lambda text: float(quantity.scaled(text))), _COUNTED
)
LOCAL_TIME = Written("a local time such as 2026-12-04T18:00", local_time, words(f"{TIME_PATTERN}$"))
ZONE = Written("a time zone such as Europe/London", zone, words(".+"))
VERSION = Choice("a version of this format", {"1": 1})


@dataclass(frozen=True, slots=True)
class Ranged:
    """One number, or ``{low, likely, high}``: P5, P50 and P95."""

    item: Written[float]

    @property
    def expected(self) -> str:
        return f"{self.item.expected}, or {{low, likely, high}}"

    def read(self, place: Place) -> Range | None:
        if isinstance(place.node, Scalar):
            value = self.item.read(place)
            return None if value is None else Range.exact(value)
        if not isinstance(place.node, Mapping):
            refuse_shape(place, self.expected)
            return None
        return self._mapping(place)

    def schema(self) -> JsonSchema:
        item, names = self.item.schema(), ("low", "likely", "high")
        mapping = {"type": "object", "properties": dict.fromkeys(names, item), "additionalProperties": False}
        return either(item, {**mapping, "required": list(names)})

    def _mapping(self, place: Place) -> Range | None:
        names = ("low", "likely", "high")
        meant = refuse_unknown(place, names, "a range")
        for name in names:
            if not place.has(name) and name not in meant:
                place.at(name).refuse(f"expected {self.item.expected}, found nothing; a range has low, likely and high")
        figures = [self.item.read(place.at(name)) if place.has(name) else None for name in names]
        low, likely, high = figures
        if low is None or likely is None or high is None:
            return None
        for lesser, greater, name, before in ((low, likely, "likely", "low"), (likely, high, "high", "likely")):
            if lesser > greater:
                spot = place.at(name)
                spot.refuse(
                    f"expected no less than {before} ({found(place.at(before).node)}), found {found(spot.node)}"
                )
                return None
        return Range(low=low, likely=likely, high=high)


@dataclass(frozen=True, slots=True)
class NeighbourFile:
    """The path of a file, from the folder of the file that names it. It must exist and be readable."""

    expected: str

    def read(self, place: Place) -> Path | None:
        node = place.node
        if not isinstance(node, Scalar) or node.is_null:
            refuse_shape(place, self.expected)
            return None
        return existing_file(place, node.text, self.expected)

    def schema(self) -> JsonSchema:
        return {"type": ["string", "number", "boolean"], "minLength": 1}


def existing_file(place: Place, name: str, expected: str) -> Path | None:
    """The file of that name beside the one being read, or ``None`` after noting why not."""
    path = place.reading.folder / name
    try:
        if path.is_file():
            with path.open("rb"):
                return path
        reason = "that is a folder" if path.is_dir() else f"there is no such file in {place.reading.folder}"
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it cannot be a file's name"
    place.expected(expected, reason)
    return None
