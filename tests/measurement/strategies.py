"""Durations, histograms and seconds as hypothesis draws them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from spikekit.measurement.histogram import Histogram
from spikekit.measurement.second import Answers, Example, Second
from spikekit.vocabulary import FailureKind

HOUR_MICROSECONDS = 3_600_000_000

microseconds = st.lists(st.one_of(st.integers(1, 5_000), st.integers(1, HOUR_MICROSECONDS)), min_size=1, max_size=60)
"""Durations from 1 µs to an hour, the exact bins below 2 ms as likely as all the others."""


def histogram_of(micros: list[int]) -> Histogram:
    """The histogram of whole microseconds."""
    return Histogram.of(np.array(micros, np.float64) / 1e6)


def same(one: Histogram, other: Histogram) -> bool:
    """Whether two histograms hold the same counts in the same bins."""
    return one.bins.tolist() == other.bins.tolist() and one.counts.tolist() == other.counts.tolist()


histograms = st.one_of(st.just(Histogram.empty()), microseconds.map(histogram_of))

_names = st.text(min_size=1, max_size=20)
_counts = st.integers(0, 10**6)
_instants = st.integers(0, 3600)
_kinds = st.sampled_from([kind.value for kind in FailureKind])

answers = st.builds(
    Answers,
    step=_names,
    intended=_instants,
    latency=histograms,
    service=histograms,
    lost=histograms,
    failures=st.dictionaries(_kinds, st.integers(1, 1000), max_size=3),
)

seconds = st.builds(
    Second,
    second=_instants,
    planned=st.dictionaries(_instants, st.integers(1, 10**5), max_size=3),
    started=st.dictionaries(_instants, st.integers(1, 10**5), max_size=3),
    completed=_counts,
    failed=_counts,
    abandoned=_counts,
    dropped=_counts,
    in_flight=_counts,
    cpu_ratio=st.integers(0, 4000).map(lambda thousandths: thousandths / 1000),
    worker=st.integers(0, 7),
    sent=st.dictionaries(_names, st.integers(1, 10**5), max_size=3),
    lag=st.dictionaries(_instants, microseconds.map(histogram_of), max_size=2),
    answers=st.lists(answers, max_size=2).map(tuple),
    pending=st.lists(answers, max_size=1).map(tuple),
    examples=st.lists(
        st.builds(
            Example,
            kind=_kinds,
            step=_names,
            detail=st.text(max_size=40),
            offset_seconds=st.integers(0, 10**6).map(lambda thousandths: thousandths / 1000),
        ),
        max_size=2,
    ).map(tuple),
    notes=st.lists(st.text(min_size=1, max_size=40), max_size=2).map(tuple),
    last=st.booleans(),
)
