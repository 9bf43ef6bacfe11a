"""Whether the generator's memory stays flat, and its arrivals true, through an hour of load.

    python -m benchmarks.soak [--minutes 60] [--rate R] [--workers N]

At a third of the rate that it holds cleanly on this machine (measured first), or at the rate given. Generator and
nginx have a processor each; every visitor brings a fresh connection. Leaves with 1 when memory grows, when visitors
are not started or when they come late. Needs nginx and openssl (apt-get install nginx-light openssl).
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.engine import TRIAL_SECONDS, clean_rate
from benchmarks.generators import generating, page_plan, send
from benchmarks.servers import nginx
from spikekit.engine.plan import Plan, Sending
from spikekit.measurement.histogram import Histogram
from spikekit.measurement.record import Record
from spikekit.profile.curve import RateCurve
from tests.end_to_end.processes import children_of

FIRST_MINUTES = 3
"""Until then memory fills with what a run needs: code, buffers, the connections of its crowd."""

GROWTH_RATIO, GROWTH_BYTES = 0.02, 2_000_000
"""Flat: over the minutes after those, the least-squares line of each process rises by no more than the larger one."""

STARTED_RATIO, LAG_SECONDS = 0.99, 0.05
"""What the verdict of any run asks of its generator."""


def minutes_of(plan: Plan, *, pin: bool) -> Iterator[tuple[Record, dict[int, int]]]:
    """Each minute of a run as it passes: what was measured in it, and each process's resident bytes at its end."""
    with tempfile.TemporaryDirectory() as name, generating(plan, Path(name), pin=pin) as generator:
        record, minute = Record(), 1
        for second in generator.seconds():
            if second.second >= 60 * minute:
                yield record, _memory(generator.pid)
                record, minute = Record(), minute + 1
            record.add(second)


def _memory(generator: int) -> dict[int, int]:
    return {pid: _resident(pid) for pid in (generator, *children_of(generator))}


def _resident(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 if found else 0


def growth(sizes: Sequence[int]) -> float:
    """By how many bytes the straight line through sizes of one a minute rises from the first to the last."""
    slope, _ = np.polyfit(np.arange(len(sizes)), sizes, 1)
    return float(slope) * (len(sizes) - 1)


def soak(plan: Plan, *, pin: bool) -> list[str]:
    """Run it, print a line a minute; returns what is wrong."""
    memory: dict[int, list[int]] = {}
    planned = started = 0
    lags = []
    for minute, (record, sizes) in enumerate(minutes_of(plan, pin=pin), 1):
        lag = Histogram.merged(h for parts in record.lags.values() for h in parts)
        lags.append(lag)
        planned, started = planned + record.planned.total(), started + record.started.total()
        cpu = sum(record.cpu_ratios) / max(record.started.total(), 1)
        for pid, size in sizes.items():
            memory.setdefault(pid, []).append(size)
        print(
            f"minute {minute:3}  RSS {' + '.join(f'{size / 1e6:.1f}' for size in sizes.values())} MB"
            f"  started {record.started.total():,} of {record.planned.total():,}"
            f"  failed {record.failed.total() + record.abandoned.total():,}"
            f"  lag p99 {1000 * (lag.quantile(0.99) or 0):.1f} ms  CPU {1e6 * cpu:.0f} µs a visitor",
            flush=True,
        )
    return [*_grown(memory), *_untrue(planned, started, Histogram.merged(lags))]


def _grown(memory: dict[int, list[int]]) -> Iterator[str]:
    for pid, sizes in memory.items():
        settled = sizes[FIRST_MINUTES:]
        if len(settled) < 3:
            yield "too short to say anything about memory"
            return
        risen, allowed = growth(settled), max(GROWTH_RATIO * settled[0], GROWTH_BYTES)
        text = f"process {pid}: {risen / 1e6:+.2f} MB over {len(settled) - 1} minutes ({allowed / 1e6:.1f} MB allowed)"
        print(text)
        if risen > allowed:
            yield f"memory grows: {text}"


def _untrue(planned: int, started: int, lag: Histogram) -> Iterator[str]:
    late = lag.quantile(0.99)
    print(f"started {started:,} of {planned:,} planned; lag p99 {1000 * (late or 0):.1f} ms, max {lag.max or 0:.3f} s")
    if started < STARTED_RATIO * planned or not planned:
        yield "visitors were not started"
    if late is None or late > LAG_SECONDS:
        yield "visitors were sent late"


def main() -> None:
    """Measure the clean rate unless one is given, soak, and leave with the verdict."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--rate", type=float, help="visitors/s [a third of the clean rate]")
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    with nginx() as (port, _tls):
        rate = asked.rate or clean_rate(lambda r: send(port, RateCurve.constant(r, TRIAL_SECONDS)), 3_500) / 3
        print(f"{rate:,.0f} visitors/s for {asked.minutes} minutes", flush=True)
        # A few seconds more, so that the last minute is whole.
        curve = RateCurve.constant(rate, 60.0 * asked.minutes + 3)
        alone = asked.workers == 1
        wrong = soak(page_plan(port, curve, sending=Sending(workers=asked.workers)), pin=alone)
    print(f"NOT GOOD: {'; '.join(wrong)}" if wrong else "GOOD: memory is flat, everybody was started, nobody late")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
