"""What a watch says of drills is what is in them by construction."""

from __future__ import annotations

import json

import pytest

from spikekit.live.document import live_document
from spikekit.live.drill import Surprise
from spikekit.live.drilled_log import DrilledLog
from spikekit.live.judging import judge
from spikekit.live.spike import Spike, SpikeKind
from spikekit.live.watch import Watch
from spikekit.live.watched import Watched
from spikekit.live.witness import Testimony as Seen
from spikekit.live.witness import Visitor
from spikekit.report.chart.terminal import plain
from spikekit.report.live.replay import spike_lines
from spikekit.traffic.block import Block
from spikekit.traffic.format import line_format
from tests.live.drills import LAUNCH, drill, known_forecast, watched

POST = Surprise(kind=SpikeKind.CROWD, per_second=8, at=500, lasts=240)
ATTACK = Surprise(kind=SpikeKind.ATTACK, per_second=40, at=400, lasts=180)
SCRAPER = Surprise(kind=SpikeKind.BOTS, per_second=30, at=-300, lasts=180)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_a_campaign_s_links_declare_is_counted_exactly_and_no_line_is_lost(seed: int) -> None:
    watch, truth = watched(drill(POST, seed=seed))
    course = watch.courses["fry-reads"]
    assert watch.tally.lines == truth.lines
    assert sum(source.requests for source in watch.totals.sources.values()) == truth.lines
    assert course.entries - course.inferred == truth.tagged
    assert sum(source.entries for source in watch.totals.sources.values()) == truth.entries.total()


@pytest.mark.parametrize(
    ("surprise", "kind", "source"),
    [(POST, SpikeKind.CROWD, "x"), (ATTACK, SpikeKind.ATTACK, "unknown"), (SCRAPER, SpikeKind.BOTS, "direct")],
)
def test_what_nobody_declared_is_found_within_a_minute_for_what_it_is(
    surprise: Surprise, kind: SpikeKind, source: str
) -> None:
    watch, _ = watched(drill(surprise, normal_per_second=0.8))
    [spike] = [spike for spike in watch.spikes if not spike.declared]
    began = LAUNCH.timestamp() + surprise.at
    assert abs(spike.started - began) <= 20
    assert spike.found - began <= 60
    assert (spike.kind, spike.source) == (kind, source)
    assert spike.ended is not None
    assert abs(spike.ended - (began + surprise.lasts)) <= 90
    if kind is SpikeKind.CROWD:
        assert "from https://t.co/Qx1a on /books/42; people, not bots; not one of ours" in watch.cause(spike)


@pytest.mark.parametrize(
    ("addresses", "words"), [(1, "one address sent 2,946 requests"), (2, "2 addresses sent 1,473 requests each")]
)
def test_what_one_address_sent_is_its_own_and_what_several_sent_is_told_of_each(addresses: int, words: str) -> None:
    visitors = [
        Visitor(address=f"192.0.2.{number}".encode(), agent=b"wget", parts=2_946 // addresses)
        for number in range(addresses)
    ]
    _, reasons = judge(_spike(), Seen(visitors=visitors))
    assert words in reasons


def test_a_spike_of_which_hardly_a_line_is_left_says_how_many_and_one_that_goes_on_does_not_end() -> None:
    for rows, words in ((0, "none of theirs"), (1, "only 1 line of theirs"), (3, "only 3 lines of theirs")):
        seen = Seen(visitors=[Visitor(address=b"192.0.2.1", agent=b"", parts=rows)])
        assert judge(_spike(), seen) == (SpikeKind.UNKNOWN, (f"{words} could be looked at",))
    watch = _watch(known_forecast())
    assert spike_lines(watch, _spike(), plain)[0].startswith(" from 18:00 on  ! ")
    assert spike_lines(watch, _spike(ended=300), plain)[0].startswith(" 18:00–18:05  ! ")


def _spike(ended: int | None = None) -> Spike:
    """One of strangers from the launch on; it may have ended so many seconds after."""
    began = int(LAUNCH.timestamp())
    over = None if ended is None else began + ended
    return Spike(
        source="direct", declared=False, started=began, found=began, latest=began, counted="entries", ended=over
    )


def test_a_campaign_s_own_crowd_is_no_surprise_whatever_its_links_have_lost() -> None:
    watch, truth = watched(drill(normal_per_second=0.5))
    assert truth.untagged > 50
    assert [spike.source for spike in watch.spikes] == ["fry-reads"]
    assert watch.spikes[0].declared


def test_usual_traffic_alarms_nobody() -> None:
    drilled = drill(seed=3, before=3_000, after=0.0, normal_per_second=3.0)
    watch, _ = watched(drilled)
    assert watch.spikes == []


def test_a_watch_that_was_interrupted_goes_on_as_if_nothing_had_been() -> None:
    drilled = drill(POST)
    whole, _ = watched(drilled)
    log = DrilledLog(drilled)
    parts = _watch(drilled.forecast)
    for number, (second, lines) in enumerate(log):
        parts.count(second)
        parts.settle(second)
        parts.read(Block(log=0, lines=lines))
        if number % 400 == 399:
            saved = json.loads(json.dumps(parts.state()))
            parts = _watch(drilled.forecast)
            parts.restore(saved)
    parts.count()
    parts.settle((parts.tally.latest or 0) + 1)
    found, expected = live_document(parts, {}), live_document(whole, {})
    assert {**found, "spikes": []} == {**expected, "spikes": []}
    keys = ("source", "started", "found", "ended", "peak_requests_per_second", "page")
    assert [[s[k] for k in keys] for s in found["spikes"]] == [[s[k] for k in keys] for s in expected["spikes"]]


def test_a_watch_that_has_seen_nothing_goes_on_from_that() -> None:
    again = _watch(known_forecast())
    again.restore(json.loads(json.dumps(_watch(known_forecast()).state())))
    again.settle(int(LAUNCH.timestamp()))
    assert again.spikes == []


def _watch(forecast: object) -> Watch:
    watch = Watch(Watched(forecasts=(forecast,)), line_format("combined"))  # type: ignore[arg-type]
    watch.attribution.own(["example.com"])
    return watch
