"""How often forecasts held so far: whether the band of 8 in 10 is honest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spikekit.review.record import PastRecord
from spikekit.wording import held


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """Of ``judged`` reviewed campaigns the total of ``held`` fell inside its band; ``unknown`` could not be told."""

    judged: int
    held: int
    unknown: int

    @property
    def sentence(self) -> str:
        """In words, with how many."""
        if self.judged == 0:
            why = f": in {self.unknown} the site was saturated" if self.unknown else ""
            return f"No campaign could be judged so far{why}."
        more = f" In {self.unknown} more the site was saturated." if self.unknown else ""
        few = " Too few yet to say whether 8 in 10 do." if self.judged < _ENOUGH else " It should be 8 in 10."
        return f"So far the forecast {held(self.held, self.judged)}.{few}{more}"


_ENOUGH = 5


def hits(records: Iterable[PastRecord]) -> Hits:
    """Over every campaign that was reviewed."""
    outcomes = [r.total.held for r in records if r.total is not None]
    return Hits(
        judged=sum(o is not None for o in outcomes),
        held=sum(o is True for o in outcomes),
        unknown=sum(o is None for o in outcomes),
    )
