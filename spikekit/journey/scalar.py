"""Any text as one YAML scalar on one line, as plain as it can be; and comments that stay comments."""

from __future__ import annotations

import json
import re
from typing import Any

from spikekit.files.echo import escaped, is_control
from spikekit.files.parse import UNREADABLE

_PLAIN = re.compile(r"/?[A-Za-z_][A-Za-z0-9_./-]*\Z|/[A-Za-z0-9_./-]*\Z")
"""What needs no quotes anywhere, also between brackets."""

_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
"""Plain words that YAML, or an older YAML, takes for something else than text."""

_LONE = re.compile("[\ud800-\udfff]")


def scalar(text: str) -> str:
    """The text as our strict reader, and any YAML reader, gives it back; half characters become ``\\ufffd``."""
    text = _LONE.sub("\ufffd", text)
    if _PLAIN.match(text) and text.lower() not in _WORDS:
        return text
    if any(is_control(c) or UNREADABLE.match(c) for c in text):
        return '"' + "".join(_escape(c) for c in text) + '"'
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def flow(value: Any) -> str:
    """A JSON value as YAML on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(flow, value)) + "]"
        case str():
            return scalar(value)
    return json.dumps(value)


def comment(text: str) -> str:
    """Text that can follow a ``#``: shortened, with nothing in it that ends a line or cannot be read."""
    return UNREADABLE.sub("\ufffd", _LONE.sub("\ufffd", escaped(text)))


def _escape(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character == "\n":
        return "\\n"
    if not is_control(character) and not UNREADABLE.match(character):
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
