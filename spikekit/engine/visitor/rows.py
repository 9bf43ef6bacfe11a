"""The rows of a data file, and which of them each visitor gets."""

from __future__ import annotations

import random
from collections.abc import Sequence

from spikekit.engine.visitor.template import Values
from spikekit.site.model import Pick


class Rows:
    """``random``: any row, by the visitor's own luck. ``shuffle`` and ``sequence``: one after the other, in rounds.

    Of ``workers`` that share a file, worker ``number`` takes every so-manieth row, so that together they take each row
    once before any comes again.
    """

    def __init__(
        self, table: Sequence[Values], pick: Pick = "random", *, seed: int = 0, number: int = 0, workers: int = 1
    ) -> None:
        self.table = table
        self._pick = pick
        self._next = number
        self._stride = workers
        self._order = list(range(len(table)))
        if pick == "shuffle":
            # The same order for every worker of a run.
            random.Random(seed).shuffle(self._order)

    def take(self, luck: random.Random) -> Values:
        """A visitor's row; nothing where the file has none: the placeholders then stay without values."""
        if not self.table:
            return {}
        if self._pick == "random":
            return self.table[int(luck.random() * len(self.table))]
        place, self._next = self._next, self._next + self._stride
        return self.table[self._order[place % len(self.table)]]
