"""Measured histograms become classic buckets without losing what objectives ask."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spikekit.measurement.histogram import Histogram
from spikekit.metrics.buckets import DURATIONS, Buckets, bounds

SECONDS = st.lists(st.floats(min_value=0, max_value=100), max_size=50)
LIMITS = st.lists(st.floats(min_value=0.001, max_value=60).map(lambda s: round(s, 3)), max_size=4)


def _buckets(edges: tuple[float, ...], parts: list[list[float]]) -> Buckets:
    found = Buckets(edges)
    for part in parts:
        found.add(Histogram.of(np.array(part)))
    return found


@given(parts=st.lists(SECONDS, max_size=4), limits=LIMITS)
def test_a_bucket_counts_what_the_report_counts_as_within_its_bound(
    parts: list[list[float]], limits: list[float]
) -> None:
    edges = bounds(limits)
    counts, total = _buckets(edges, parts).cumulative()
    whole = Histogram.merged(Histogram.of(np.array(p)) for p in parts)
    assert counts[:-1] == [whole.within(edge) for edge in edges]
    assert counts[-1] == whole.total
    assert counts == sorted(counts)
    np.testing.assert_allclose(total, sum(map(sum, parts)), rtol=0.002, atol=1e-5 * (1 + whole.total))


@given(limits=LIMITS)
def test_every_objective_has_a_bound_of_its_own(limits: list[float]) -> None:
    assert set(bounds(limits)) == {*DURATIONS, *limits}


@given(right=SECONDS, lost=SECONDS)
def test_a_request_without_an_answer_is_within_no_bound(right: list[float], lost: list[float]) -> None:
    buckets = _buckets(bounds(()), [right])
    before, _ = buckets.cumulative()
    buckets.add_beyond(Histogram.of(np.array(lost)))
    after, _ = buckets.cumulative()
    assert after[:-1] == before[:-1]
    assert after[-1] == before[-1] + len(lost)
