"""How long a visitor waits for a page before leaving."""

from __future__ import annotations

import random

from spikekit.vocabulary import Range


def patience_of(patience: Range, luck: random.Random) -> float:
    """One visitor's patience in seconds: of a two-piece lognormal with those P5, P50 and P95."""
    return patience.at(luck.gauss(0.0, 1.0))
