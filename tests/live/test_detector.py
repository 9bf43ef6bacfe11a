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


def test_a_spike_began_when_its_rate_did_whatever_came_in_clumps_before() -> None:
    detector, began = Detector(), QUIET_SECONDS + 100
    for at in range(QUIET_SECONDS):
        detector.add(Second(at=at, sources={"x": Counts(requests=6, entries=at % 10 == 0)}))
    for at in range(QUIET_SECONDS, began):
        # Clumps of eight visitors every twenty seconds: more than usual, yet not what the spike is.
        detector.add(Second(at=at, sources={"x": Counts(requests=6, entries=8 * (at % 20 == 0))}))
    for at in range(began, began + 20):
        detector.add(Second(at=at, sources={"x": Counts(requests=20, entries=10)}))
    spike = next(iter(detector.settle(began + 20)))
    assert abs(spike.started - began) <= 10


@pytest.mark.parametrize(("clicks", "source"), [(3, "fry-reads"), (0, "link_previews")])
def test_machines_that_follow_a_campaign_s_links_before_people_do_are_the_campaign_s(clicks: int, source: str) -> None:
    detector = Detector({"fry-reads": ["/books"]})
    for at in range(QUIET_SECONDS):
        detector.add(Second(at=at, sources={"search": Counts(requests=3)}))
    for at in range(QUIET_SECONDS, QUIET_SECONDS + 30):
        previews = {"link_previews": Counts(requests=4), "fry-reads": Counts(machine_clicks=clicks)}
        detector.add(Second(at=at, sources=previews))
    (spike,) = {spike.id: spike for spike in detector.settle(QUIET_SECONDS + 30)}.values()
    assert (spike.source, spike.declared) == (source, clicks > 0)
