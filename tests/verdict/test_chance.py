"""The binomial tail, against exact sums of fractions."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.verdict.chance import CHANCE, beyond_chance, tail

ratios = st.fractions(Fraction(1, 10_000), Fraction(9_999, 10_000), max_denominator=10_000)


def _exact(misses: int, total: int, ratio: Fraction) -> Fraction:
    return sum(
        (comb(total, k) * ratio**k * (1 - ratio) ** (total - k) for k in range(max(misses, 0), total + 1)), Fraction(0)
    )


@given(st.integers(0, 60), st.integers(-1, 61), ratios)
def test_the_tail_is_the_exact_sum(total: int, misses: int, ratio: Fraction) -> None:
    expected = float(_exact(misses, total, ratio)) if misses > 0 else 1.0
    assert tail(misses, total, float(ratio)) == pytest.approx(expected, rel=1e-8, abs=1e-13)


@given(st.integers(1, 10**7), st.floats(1e-6, 0.999), st.floats(0, 1))
def test_the_tail_stays_a_probability_however_large_the_window(total: int, ratio: float, share: float) -> None:
    assert 0.0 <= tail(int(total * share), total, ratio) <= 1.0


@given(st.integers(1, 500), st.integers(1, 500), ratios)
def test_more_misses_are_never_likelier(total: int, misses: int, ratio: Fraction) -> None:
    assert tail(misses + 1, total, float(ratio)) <= tail(misses, total, float(ratio)) + 1e-12


@pytest.mark.parametrize(
    ("misses", "total", "ratio", "expected"), [(1, 5, 0.0, 0.0), (0, 5, 0.0, 1.0), (3, 5, 1.0, 1.0), (6, 5, 0.5, 0.0)]
)
def test_the_edges_are_certain(misses: int, total: int, ratio: float, expected: float) -> None:
    assert tail(misses, total, ratio) == expected


def test_one_slow_page_in_a_quiet_window_is_chance_and_half_of_them_are_not() -> None:
    assert not beyond_chance(1, 12, 0.05)
    assert beyond_chance(6, 12, 0.05)


def test_what_never_may_happen_is_beyond_chance_when_it_happens_once() -> None:
    assert beyond_chance(1, 1_000, 0.0)


def test_nothing_judged_is_never_missed() -> None:
    assert not beyond_chance(0, 0, 0.05)


@given(st.integers(1, 2_000), ratios)
def test_a_site_at_its_limit_is_condemned_by_chance_in_less_than_one_window_in_a_hundred(
    total: int, ratio: Fraction
) -> None:
    allowed = float(ratio)
    least = next((m for m in range(int(total * allowed), total + 1) if beyond_chance(m, total, allowed)), None)
    assert least is None or tail(least, total, allowed) < CHANCE
