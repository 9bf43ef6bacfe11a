"""How a search's finding is said."""

from __future__ import annotations

import pytest

from spikekit.capacity.behaviour import Behaviour
from spikekit.capacity.estimate import Capacity, Estimate
from spikekit.capacity.finding import Finding
from spikekit.capacity.trial import LimitedBy
from spikekit.capacity.words import sentence


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (0.0, "past that requests queue: nothing is refused, everyone waits."),
        (0.27, "past that requests queue, and further on it refuses some: up to 27 % of them."),
    ],
)
def test_nobody_says_that_nothing_is_refused_where_something_was(refused: float, said: str) -> None:
    finding = Finding(
        capacity=Capacity(warm=Estimate(low=38.0, likely=40.0, high=42.0, confidence=0.95)),
        limited_by=LimitedBy.LATENCY,
        behaviour=Behaviour.QUEUES,
        bottleneck=None,
        doubts=(),
        reason=None,
        seconds_above=20.0,
        refused_ratio=refused,
    )
    assert sentence(finding, "staging") == f"staging holds 40 visitors/s (95 % sure: 38–42); {said}"
