"""Where in a JSON text a value stands: Python's own reader forgets it."""

from __future__ import annotations

import re
from json import JSONDecoder

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = JSONDecoder()
Path = tuple[str | int, ...]


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of a character."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def place_of(text: str, path: Path) -> tuple[int, int]:
    """Line and column of the value at ``path`` in valid JSON, or of the nearest value around it that is there."""
    at = _skip(text, 0)
    for step in path:
        inner = _entry(text, at, step) if isinstance(step, str) else _item(text, at, step)
        if inner is None:
            break
        at = inner
    return line_and_column(text, at)


def written(path: Path) -> str:
    """``log.entries[3].request.url``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _entry(text: str, at: int, name: str) -> int | None:
    if text[at : at + 1] != "{":
        return None
    at = _skip(text, at + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        if key == name:
            return at
        at = _after_comma(text, at)
    return None


def _item(text: str, at: int, index: int) -> int | None:
    if text[at : at + 1] != "[":
        return None
    at = _skip(text, at + 1)
    while text[at] != "]":
        if index == 0:
            return at
        index, at = index - 1, _after_comma(text, at)
    return None


def _after_comma(text: str, at: int) -> int:
    """Past the value at ``at`` and the comma behind it, if any."""
    _, at = _DECODER.raw_decode(text, at)
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at
