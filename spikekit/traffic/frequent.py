"""The commonest of many names in bounded memory: the space-saving sketch.

Metwally, Agrawal and El Abbadi, Efficient Computation of Frequent and Top-k Elements in Data Streams, 2005: of ``most``
counters the least is given to a newcomer, who inherits its count. Whoever has more than 1/``most`` of all is among
them, and no count is too low.
"""

from __future__ import annotations

from collections.abc import Mapping


class Frequent:
    """At most ``most`` names with counts; any name is cut at ``longest`` bytes."""

    def __init__(self, most: int, counts: Mapping[bytes, float] | None = None, *, longest: int = 200) -> None:
        self.counts: dict[bytes, float] = dict(counts or {})
        self._most, self._longest = most, longest

    def add(self, name: bytes, count: float = 1) -> float:
        """Count a name; returns its count, which may be too high by the least one."""
        name, counts = name[: self._longest], self.counts
        held = counts.get(name)
        if held is None:
            held = 0.0
            if len(counts) >= self._most:
                least = min(counts, key=counts.__getitem__)
                held = counts.pop(least)
        counts[name] = held + count
        return held + count

    @property
    def doubt(self) -> float:
        """How much too high a newcomer's count may be."""
        return min(self.counts.values()) if len(self.counts) >= self._most else 0.0

    def fade(self, factor: float) -> None:
        """Let the past count less, so that what is common now comes to the front."""
        self.counts = {name: count * factor for name, count in self.counts.items() if count * factor > 0.01}

    def top(self, most: int) -> list[tuple[str, float]]:
        """The commonest with their counts, most first; bytes that are not UTF-8 are replaced."""
        order = sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))
        return [(name.decode("utf-8", "replace"), count) for name, count in order[:most]]
