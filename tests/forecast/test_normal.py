"""The normal distribution over arrays."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.forecast.normal import distribution, spread
from spikekit.vocabulary import P95_Z, Range


@given(z=st.floats(-40, 40))
def test_the_distribution_is_exact_to_fourteen_digits(z: float) -> None:
    assert distribution(np.array([z]))[0] == pytest.approx(0.5 * math.erfc(-z / math.sqrt(2)), abs=1e-14)


def test_the_distribution_never_falls() -> None:
    assert (np.diff(distribution(np.linspace(-9, 9, 100_001))) >= -1e-15).all()


@given(z=st.floats(-4, 4), figures=st.lists(st.floats(1e-3, 1e9), min_size=3, max_size=3))
def test_spreading_a_range_is_its_value_at_each_deviate(z: float, figures: list[float]) -> None:
    low, likely, high = sorted(figures)
    quantity = Range(low=low, likely=likely, high=high)
    assert spread(quantity, np.array([z]))[0] == pytest.approx(quantity.at(z), rel=1e-9)


def test_a_range_of_zero_stays_zero() -> None:
    assert spread(Range.exact(0.0), np.array([-P95_Z, 0.0, P95_Z])).tolist() == [0.0, 0.0, 0.0]
