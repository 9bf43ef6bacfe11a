"""Arrivals turned into users who begin again as soon as they are done: how closed-loop tools see a profile."""

from __future__ import annotations

import math

from spikekit.profile.model import Profile


def users_at(profile: Profile, at: float, visit_seconds: float, *, over_seconds: float = 1.0) -> int:
    """How many such users send what arrives in the ``over_seconds`` from ``at``; at least one while anybody comes.

    Little's law: a crowd of rate λ whose visits last W seconds has L = λ·W of them inside (J. D. C. Little, *A Proof
    for the Queuing Formula L = λW*, 1961). It holds for the visit as long as it lasts when the site is at rest; on a
    slow site the same users send less, where a real crowd would not.
    """
    arrived = sum(float(s.curve.area(at + over_seconds) - s.curve.area(at)) for s in profile.streams)
    # A hair's breadth above a whole number is rounding, not another user.
    return math.ceil(arrived / over_seconds * visit_seconds - 1e-9)
