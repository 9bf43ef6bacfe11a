"""JSON Schema (draft-07) of the files people write, for their editors: made from the same readers that read them.

What ``check`` accepts, the schema accepts. It says less: dates that do not exist, sums of shares and files that are
missing are beyond it. A written value is text or a number; the keywords of each bind only that one.
"""

from __future__ import annotations

from typing import Any

JsonSchema = dict[str, Any]

DIALECT = "http://json-schema.org/draft-07/schema#"


def scalar(pattern: str | None = None, **more: Any) -> JsonSchema:
    """Text, perhaps of a ``pattern`` (regular expression of the whole), or a plain number within ``more``."""
    shape: JsonSchema = {"type": ["string", "number"]}
    return shape | ({"pattern": f"^(?:{pattern})$"} if pattern else {}) | more


def words(pattern: str) -> JsonSchema:
    """Text that no number can be, of a ``pattern`` (regular expression of its beginning)."""
    return {"type": "string", "pattern": f"^(?:{pattern})"}


def either(*schemas: JsonSchema) -> JsonSchema:
    """What any of them takes."""
    return {"anyOf": list(schemas)}


def exactly_one(*names: str) -> JsonSchema:
    """A mapping with one of these keys and no second."""
    return {"oneOf": [{"required": [name]} for name in names]}


def not_both(first: str, second: str) -> JsonSchema:
    """A mapping with one of two keys at most."""
    return {"not": {"required": [first, second]}}
