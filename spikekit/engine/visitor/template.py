"""Text with ``{placeholders}``, filled for each visitor; every value is quoted for where it goes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import quote, quote_plus

_HOLE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
Values = Mapping[str, str]


class Template:
    """Text with ``{placeholders}``, split once. ``fill`` quotes each value for where it goes.

    That is a ``path``, a ``form``, a ``json`` string or a ``header``.
    """

    __slots__ = ("_parts", "fixed")

    def __init__(self, text: str) -> None:
        self._parts = _HOLE.split(text)
        self.fixed = text if len(self._parts) == 1 else None

    def fill(self, values: Values, quoting: str) -> str:
        """The text with its values. Raises ``KeyError`` for a value nobody captured or gave."""
        if self.fixed is not None:
            return self.fixed
        return "".join(_quoted(values[part], quoting, part) if i % 2 else part for i, part in enumerate(self._parts))


def form_template(fields: tuple[tuple[str, str], ...]) -> Template:
    """The body of a form, whose values may hold placeholders."""
    return Template("&".join(f"{quote_plus(name)}={_form_value(value)}" for name, value in fields))


def _form_value(value: str) -> str:
    # Only the braces of placeholders may stay as they are.
    parts = _HOLE.split(value)
    return "".join(f"{{{part}}}" if i % 2 else quote_plus(part) for i, part in enumerate(parts))


def _quoted(value: str, quoting: str, name: str) -> str:
    if quoting == "path":
        # The landing page is a whole path with its query; anything else fills one place in one.
        return value if name == "landing" else quote(value, safe="")
    if quoting == "form":
        return quote_plus(value)
    if quoting == "header":
        # A line break in a captured value must not begin a header of its own.
        return "".join(filter(str.isprintable, value))
    return json.dumps(value, ensure_ascii=False)[1:-1]
