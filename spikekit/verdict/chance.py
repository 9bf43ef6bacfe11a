"""Whether misses are more than chance would show: so that a quiet window with one slow page condemns no site."""

from __future__ import annotations

import math

CHANCE = 0.01
"""A window is missed when a site exactly at its limit would show as many misses less often than this, over the run."""


def tail(misses: int, total: int, ratio: float) -> float:
    """P(X ≥ misses) for X binomial(total, ratio), exactly, from the terms' logarithms."""
    if misses <= 0:
        return 1.0
    if ratio <= 0 or misses > total:
        return 0.0
    if ratio >= 1:
        return 1.0
    if misses <= total * ratio:
        return 1.0 - _sum(misses - 1, -1, total, ratio)
    return _sum(misses, 1, total, ratio)


def _sum(start: int, step: int, total: int, ratio: float) -> float:
    # Away from the mean the terms shrink, so the sum ends where they no longer count.
    odds = ratio / (1 - ratio)
    log_first = (
        math.lgamma(total + 1)
        - math.lgamma(start + 1)
        - math.lgamma(total - start + 1)
        + start * math.log(ratio)
        + (total - start) * math.log1p(-ratio)
    )
    term, whole, k = math.exp(log_first), 0.0, start
    while 0 <= k <= total and term > 1e-18 * max(whole, 1e-300):
        whole += term
        term *= (total - k) / (k + 1) * odds if step > 0 else k / (total - k + 1) / odds
        k += step
    return min(whole, 1.0)


def beyond_chance(misses: int, total: int, allowed: float, *, looks: int = 1) -> bool:
    """Whether ``misses`` of ``total`` show that more than the ``allowed`` share is missed.

    Who looks at many windows finds an odd one: each of ``looks`` has its share of the chance (Bonferroni).
    """
    return total > 0 and misses > total * allowed and tail(misses, total, allowed) < CHANCE / looks
