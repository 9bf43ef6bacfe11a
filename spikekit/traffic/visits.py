"""Which requests belong to one visit: those of one address and user agent with no half hour of silence between.

A visit is a number: hashed from both, with what is known of it packed into another. Two dictionaries, of which the
older is let go in turn, hold at most a fixed number however many addresses come; then the longest silent are forgotten.
"""

from __future__ import annotations

from array import array
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

VISIT_SECONDS = 1_800
"""A visit ends with half an hour of silence, as web analytics has it."""

MOST_VISITS = 300_000
"""Visits in each of the two dictionaries, at some 150 bytes each."""

PRIME = (1 << 61) - 1
FACTOR = 1_872_345_198_345_298_747 % PRIME
"""An address times this, plus its agent's key, modulo a prime: equal keys have a chance of 1 in 10¹⁸."""

SOURCE_BITS, SECOND_SHIFT = 16, 32
"""A visit as a number: its last second, 16 bits of the mark of its click, 16 bits of its source."""
SOURCE = (1 << SOURCE_BITS) - 1
KNOWN = (1 << SECOND_SHIFT) - 1
REDIRECTED = 1 << (SOURCE_BITS - 1)
"""Set while the visit's entry was sent on elsewhere and the page has yet to come."""
NUMBER = SOURCE & ~REDIRECTED


def agent_key(agent: bytes) -> int:
    """A number for a user agent that is the same in every process."""
    return int.from_bytes(blake2b(agent, digest_size=7).digest(), "little")


class Visits:
    """``young[key]`` or else ``old[key]`` is a visit's last second, the mark of its click, and its source, packed."""

    def __init__(self, most: int = MOST_VISITS) -> None:
        self.young: dict[int, int] = {}
        self.old: dict[int, int] = {}
        self._most = most
        self._turned = 0

    def turn(self, second: int) -> None:
        """Let the older ones go when the younger are many, or old themselves."""
        if len(self.young) >= self._most or second - self._turned > VISIT_SECONDS:
            self.old, self.young, self._turned = self.young, {}, second

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs, as plain JSON values."""
        return {"turned": self._turned, "young": _packed(self.young), "old": _packed(self.old)}

    def restore(self, state: Mapping[str, Any], numbers: Sequence[int]) -> None:
        """Go on from a state; ``numbers`` are today's numbers of the sources then."""
        self._turned = state["turned"]
        self.young, self.old = (_unpacked(state[name], numbers) for name in ("young", "old"))


def _packed(visits: Mapping[int, int]) -> str:
    # 16 bytes a visit, as text: a hundred thousand visits are 2 MB.
    return b64encode(array("Q", [figure for pair in visits.items() for figure in pair]).tobytes()).decode()


def _unpacked(text: str, numbers: Sequence[int]) -> dict[int, int]:
    figures = array("Q")
    figures.frombytes(b64decode(text))
    return {key: _renumbered(value, numbers) for key, value in zip(figures[::2], figures[1::2], strict=True)}


def _renumbered(visit: int, numbers: Sequence[int]) -> int:
    return visit & ~NUMBER | numbers[visit & NUMBER]
