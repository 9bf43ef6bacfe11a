"""Label values from the outside: clean, short, and never more than a bounded number of them."""

from __future__ import annotations

OTHER = "other"
"""Where everything goes that has no room of its own."""

LONGEST = 80
"""Characters of a label value; longer ones are cut, and count with whatever begins alike."""


def clean(text: str) -> str:
    """The value as one short printable line that any UTF-8 reader takes."""
    plain = text[: 4 * LONGEST].encode("utf-8", "replace").decode("utf-8")
    shown = "".join(c if c.isprintable() else " " for c in plain)
    return " ".join(shown.split())[:LONGEST]


class Room:
    """The first ``most`` values keep their names for good; every later one is ``other``.

    A counter must not move from one name to another, so who came first stays.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[str, None] = {}

    def label(self, text: str) -> str:
        """The label of a value."""
        value = clean(text)
        if value in self._known:
            return value
        if value == OTHER or len(self._known) >= self._most:
            return OTHER
        self._known[value] = None
        return value
