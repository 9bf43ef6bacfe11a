"""What Prometheus says is watched as a log would be."""

from __future__ import annotations

import httpx
import numpy as np

from spikekit.live.queried import STEP_SECONDS, Above, Queried
from spikekit.live.watch import Watch
from spikekit.live.watched import Watched
from tests.live.drills import LAUNCH, known_forecast


def answered(request: httpx.Request) -> httpx.Response:
    """A site with 2 visitors/s, and 20 from the launch on."""
    asked = httpx.QueryParams(request.content.decode())
    at, end, step = (float(asked[name]) for name in ("start", "end", "step"))
    values = []
    while at <= end:
        values.append([at, "20" if at > LAUNCH.timestamp() else "2"])
        at += step
    return httpx.Response(200, json={"status": "success", "data": {"resultType": "matrix", "result": [
        {"metric": {}, "values": values}
    ]}})  # fmt: skip


def test_each_second_is_given_once_and_the_campaign_s_spike_is_found() -> None:
    watch = Watch(Watched(forecasts=(known_forecast(),)))
    now = LAUNCH.timestamp() + 7
    transport = httpx.MockTransport(answered)
    queried = Queried(
        "http://127.0.0.1:9090",
        "sum(rate(visits_total[1m]))",
        list(watch.courses.values()),
        lambda words: None,
        requests_per_visitor=6.5,
        now=lambda: now,
        transport=transport,
    )
    seconds: list[int] = []
    for _ in range(20):
        for second in queried.poll():
            seconds.append(second.at)
            watch.add(second)
            watch.settle(second.at)
        now += STEP_SECONDS
    assert len(seconds) == len(set(seconds))
    assert seconds == list(range(seconds[0], seconds[-1] + 1))
    launched = seconds[-1] + 1 - int(LAUNCH.timestamp())
    # Two of the twenty are the site's usual visitors.
    assert sum(watch.courses["fry-reads"].minutes) == 18 * launched
    assert watch.courses["fry-reads"].early == 0
    assert watch.totals.sources["other"].entries == 2 * len(seconds)
    course = watch.courses["fry-reads"]
    assert abs(course.requests - 6.5 * course.entries) <= len(seconds) / 15
    [spike] = watch.spikes
    assert spike.declared
    assert abs(spike.started - LAUNCH.timestamp()) <= 20


def test_how_visits_scatter_is_no_campaign_and_one_that_comes_early_is() -> None:
    above, rng = Above(earliest=100_000.0), np.random.default_rng(1)
    calm = [above.of(at, float(rng.poisson(30))) for at in range(0, 90_000, 15)]
    early = [above.of(at, 30.0 + 120.0) for at in range(90_000, 90_300, 15)]
    assert sum(calm) < 0.001 * 30 * len(calm)
    assert 0.9 < sum(early) / (120 * len(early)) < 1.1


def test_where_nothing_was_seen_before_a_campaign_could_begin_all_is_its_own() -> None:
    above = Above(earliest=0.0)
    assert [above.of(at, 30.0) for at in (0, 15)] == [30.0, 30.0]
