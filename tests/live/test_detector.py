"""What is a spike, and what is a handful of visitors."""

from __future__ import annotations

import pytest

from spikekit.live.detector import Detector
from spikekit.live.spike import Spike
from spikekit.traffic.second import Counts, Second

QUIET_SECONDS = 900


def _spikes(source: str, requests: int, entries: int) -> list[Spike]:
    """A quarter of an hour with a visit a minute, then so many requests and entries in each of twenty seconds."""
    detector = Detector()
    for at in range(QUIET_SECONDS):
        visit = Counts(requests=6, entries=1) if at % 60 == 0 else Counts()
        detector.add(Second(at=at, sources={source: visit, "search": Counts(requests=3)}))
    for at in range(QUIET_SECONDS, QUIET_SECONDS + 20):
        detector.add(Second(at=at, sources={source: Counts(requests=requests, entries=entries)}))
    return list(detector.settle(QUIET_SECONDS + 60))


def test_a_few_visitors_who_read_on_are_no_spike_of_a_named_source() -> None:
    assert _spikes("x", 4, 0) == []


@pytest.mark.parametrize(("source", "requests", "entries"), [("x", 12, 2), ("x", 12, 0), ("unknown", 4, 0)])
def test_a_crowd_is_found_by_its_entries_and_what_is_nobody_s_by_its_requests(
    source: str, requests: int, entries: int
) -> None:
    spikes = _spikes(source, requests, entries)
    assert {spike.source for spike in spikes} == {source}
    assert spikes[0].found - QUIET_SECONDS <= 30
