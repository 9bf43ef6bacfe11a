"""What a watch says of what is to come agrees with what it has seen, and with itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from spikekit.forecast.quantiles import Quantiles
from spikekit.live.following import Following
from spikekit.live.outlook import Outlook, outlook
from spikekit.live.watch import Watch
from spikekit.live.watched import Watched
from spikekit.report.live.terminal import outlook_words
from spikekit.traffic.block import Block
from spikekit.traffic.second import Counts, Second
from tests.live.drills import known_forecast

FORECAST = known_forecast()


class _Silent:
    nothing_yet = "nothing yet"

    def poll(self) -> Iterator[Block]:
        yield from ()

    def state(self) -> dict[str, object]:
        return {}


def _seen(seconds: int, rate: int) -> tuple[Following, Outlook]:
    """So many seconds after the launch, so many visitors in each; the outlook is of the last whole minute."""
    watch = Watch(Watched(forecasts=(FORECAST,)))
    course = watch.courses["fry-reads"]
    for at in range(course.launch, course.launch + seconds):
        watch.add(Second(at=at, sources={"fry-reads": Counts(requests=rate, entries=rate)}))
    following = Following(watch, _Silent(), journal=None, tell=lambda alarm: None)
    now = course.launch + seconds // 60 * 60
    return following, outlook(FORECAST, course, now, capacity=None, others_per_second=0.0)


def test_no_peak_has_passed_in_the_first_minute_however_many_come_in_it() -> None:
    assert outlook_words(*_seen(33, 500)).startswith("peak to come about 18:")
    assert "peak passed" in outlook_words(*_with_peak(*_seen(120, 500), 1.0))


def test_no_minutes_above_capacity_are_told_as_none_and_ten_in_one_breath() -> None:
    following, seen = _seen(120, 10)
    for likely, words in (
        (0.0, "; one time in ten above capacity for 4.3 more minutes"),
        (3.0, "; above capacity for 3 more minutes (one time in ten 4.3)"),
    ):
        over = Quantiles(p5=0.0, p10=0.0, p50=likely, p90=4.3, p95=5.0)
        told = replace(seen, nowcast=replace(seen.nowcast, minutes_over_capacity_to_come=over))
        assert outlook_words(following, told).endswith(words)


def _with_peak(following: Following, seen: Outlook, rate: float) -> tuple[Following, Outlook]:
    """The same with another likely peak to come."""
    peak = Quantiles(p5=rate, p10=rate, p50=rate, p90=rate, p95=rate)
    return following, replace(seen, nowcast=replace(seen.nowcast, peak_to_come_per_second=peak))
