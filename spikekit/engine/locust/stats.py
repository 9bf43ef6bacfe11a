"""A second's answers in Locust's own statistics, so that its web UI, CSV and events agree with ours.

Locust keeps whole milliseconds rounded to two digits and counts requests by the second of their end. A second's
answers are added at once: firing an event for each would cost more than the request.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from locust.env import Environment
from locust.stats import RequestStats, StatsEntry, StatsError, bucket_response_time

from spikekit.measurement.histogram import Histogram, lows_of
from spikekit.measurement.second import Answers, Second

_REMEMBERED_SECONDS = 60
"""Locust's present rate looks back over twelve."""


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
        fresh = _entry(stats, method, answers, now)
        # As Locust's master adds what a worker reports.
        stats.entries[answers.step, method].extend(fresh)
        stats.total.extend(fresh)
        for kind, count in answers.failures.items():
            key = StatsError.create_key(method, answers.step, kind)
            error = stats.errors.setdefault(key, StatsError(method, answers.step, kind, first_seen=now))
            error.occurrences += count
            error.last_seen = now


def _entry(stats: RequestStats, method: str, answers: Answers, now: float) -> StatsEntry:
    """The answers alone, as Locust keeps them."""
    entry = StatsEntry(stats, answers.step, method)
    times = _milliseconds(Histogram.merged((answers.latency, answers.lost)))
    entry.num_requests = sum(count for _, count in times)
    entry.num_failures = sum(answers.failures.values())
    entry.num_reqs_per_sec[int(now)] = entry.num_requests
    entry.num_fail_per_sec[int(now)] = entry.num_failures
    entry.last_request_timestamp = now
    entry.total_response_time = sum(time * count for time, count in times)
    if times:
        entry.min_response_time, entry.max_response_time = times[0][0], times[-1][0]
    for time, count in times:
        entry.response_times[bucket_response_time(time)] += count
    return entry


def forget_seconds(environment: Environment, now: float) -> None:
    """Drop Locust's count of each second but the last minute's: where nobody asks for them, an hour's are 2 MB."""
    for entry in (environment.stats.total, *environment.stats.entries.values()):
        for counts in (entry.num_reqs_per_sec, entry.num_fail_per_sec):
            for second in [second for second in counts if second < now - _REMEMBERED_SECONDS]:
                del counts[second]


def _milliseconds(times: Histogram) -> list[tuple[int, int]]:
    whole = (lows_of(times.bins) * 1000).round().astype(int)
    return list(zip(whole.tolist(), times.counts.tolist(), strict=True))
