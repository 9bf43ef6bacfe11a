"""A second's answers in Locust's own statistics, so that its web UI, CSV and events agree with ours.

Locust keeps whole milliseconds rounded to two digits and counts requests by the second of their end. A second's
answers are added at once: firing an event for each would cost more than the request.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from locust.env import Environment
from locust.stats import StatsEntry, StatsError, bucket_response_time

from spikekit.measurement.histogram import Histogram, lows_of
from spikekit.measurement.second import Second


def feed_locust(
    environment: Environment, line: Second, methods: Mapping[str, str], now: float, counted: Collection[str] = ()
) -> None:
    """Add ``line`` to ``environment.stats``. ``methods`` gives each step's HTTP method; ``now`` is wall-clock time.

    Locust has ``counted`` some steps itself: the requests of its own users.
    """
    stats = environment.stats
    for answers in line.answers:
        if answers.step in counted:
            continue
        method = methods.get(answers.step, "GET")
        times = _milliseconds(Histogram.merged((answers.latency, answers.lost)))
        for entry in (stats.entries[answers.step, method], stats.total):
            _add(entry, times, sum(answers.failures.values()), now)
        for kind, count in answers.failures.items():
            key = StatsError.create_key(method, answers.step, kind)
            stats.errors.setdefault(key, StatsError(method, answers.step, kind)).occurrences += count


def _milliseconds(times: Histogram) -> list[tuple[int, int]]:
    whole = (lows_of(times.bins) * 1000).round().astype(int)
    return list(zip(whole.tolist(), times.counts.tolist(), strict=True))


def _add(entry: StatsEntry, times: list[tuple[int, int]], failures: int, now: float) -> None:
    count = sum(n for _, n in times)
    if not count:
        return
    entry.num_requests += count
    entry.num_failures += failures
    entry.num_reqs_per_sec[int(now)] += count
    if failures:
        entry.num_fail_per_sec[int(now)] += failures
    entry.last_request_timestamp = now
    entry.total_response_time += sum(t * n for t, n in times)
    least, most = times[0][0], times[-1][0]
    entry.min_response_time = least if entry.min_response_time is None else min(entry.min_response_time, least)
    entry.max_response_time = max(entry.max_response_time, most)
    for milliseconds, n in times:
        entry.response_times[bucket_response_time(milliseconds)] += n
