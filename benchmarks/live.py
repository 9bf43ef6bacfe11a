"""How well a watch does where the truth is known: drills, real bursts, and how soon a line is a number.

    python -m benchmarks.live --drills 30 [--seed 100]
    python -m benchmarks.live --traffic FOLDER
    python -m benchmarks.live --latency [--rate 20000]

``--drills``: undeclared crowds, bots and attacks of 5 to 20 times the usual, found when and for what; entries of
campaigns whose links say nothing, and how often inference was right. ``--traffic``: CSVs of ``timestamp,value`` in
steps of five minutes (Numenta's: tweets that name companies, requests of a load balancer). A burst is labelled where a
value is at least three times the median of the day before and 20 above it; those within an hour are one. Alarms within
an hour are one, too, and right when they begin in a burst. Rules are chosen on the load balancer's first half and on
drills of seeds below 2,000, and judged by the other half and by other seeds. ``--latency``: a log grows so fast; each
tenth of a second its last line is awaited at ``/metrics``.
"""

from __future__ import annotations

import argparse
import csv
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from benchmarks.logs import AGENTS, LINK
from spikekit.live.baselines import Baselines
from spikekit.live.detector import LEAST_DEVIATES, LEAST_EXCESS, RATIO, is_too_many
from spikekit.live.drill import Drill, Surprise
from spikekit.live.drilled_log import DrilledLog
from spikekit.live.spike import SpikeKind
from spikekit.live.watch import Watch
from spikekit.live.watched import Watched
from spikekit.traffic.block import Block
from spikekit.traffic.expected import expected
from spikekit.traffic.format import line_format
from spikekit.traffic.inference import Inference
from spikekit.traffic.judgement import Judgement
from tests.live.drills import LAUNCH, known_forecast

STEP = 300
WINDOWS = (1, 2, 3, 6)
HOUR_STEPS, DAY_STEPS, WEEK_STEPS = 12, 288, 2_016
SOURCES = {SpikeKind.CROWD: ("x",), SpikeKind.BOTS: ("direct",), SpikeKind.ATTACK: ("unknown", "direct")}
BURST_RATIO = 3
LARGE_RATIO = 5
THRESHOLDS = (
    (2.0, 5.0),
    (2.5, 5.0),
    (2.75, 5.0),
    (3.0, 3.0),
    (3.0, 5.0),
    (3.0, 8.0),
    (3.5, 5.0),
    (4.0, 5.0),
    (5.0, 5.0),
)
"""Least multiples of the usual, and least surprises."""


class Recorded:
    """A judge that remembers what it said."""

    def __init__(self, inner: Inference) -> None:
        self._inner = inner
        self.said: list[float] = []

    def concerns(self, page: bytes) -> bool:
        return self._inner.concerns(page)

    def judge(self, second: int, page: bytes, name: str) -> Judgement | None:
        found = self._inner.judge(second, page, name)
        self.said.append(found.probability if found else 0.0)
        return found

    def state(self) -> dict[str, Any]:
        return self._inner.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        self._inner.restore(state)


def drills(count: int, first: int = 0) -> None:
    delays, kinds, causes, false, minutes = [], 0, 0, 0, 0.0
    judged: list[tuple[float, bool]] = []
    for seed in range(first, first + count):
        chance = random.Random(seed)
        kind = (SpikeKind.CROWD, SpikeKind.BOTS, SpikeKind.ATTACK)[seed % 3]
        normal = chance.choice((0.5, 1.5, 5.0))
        # Of what is usual from that source: x brings 5 % of visits; a visit is some six requests.
        usual = {SpikeKind.CROWD: 0.05, SpikeKind.BOTS: 0.35 * 6, SpikeKind.ATTACK: 1.0}[kind] * normal
        rate = max(usual * chance.uniform(4, 19), 1.0)
        surprise = Surprise(kind=kind, per_second=rate, at=chance.uniform(300, 900), lasts=240)
        forecast = known_forecast(float(chance.choice((2_000, 8_000))))
        drill = Drill(
            forecast=forecast, draw=forecast.draw_at(chance.uniform(0.05, 0.95)), seed=seed, before=1_200, after=1_500,
            normal_per_second=normal, tagged=0.0, surprises=(surprise,),
        )  # fmt: skip
        watch = _watched(drill, judged)
        own = [spike for spike in watch.spikes if not spike.declared]
        began = LAUNCH.timestamp() + surprise.at
        right = [s for s in own if s.source in SOURCES[kind] and began - 30 <= s.started <= began + surprise.lasts]
        wrong = [spike for spike in own if spike not in right[:1]]
        for spike in wrong:
            said = f"{spike.source}, {spike.kind}, {spike.per_minute:.0f} {spike.counted} a minute"
            print(f"  false: seed {seed}, {said}, {spike.found - LAUNCH.timestamp():.0f} s after the launch")
        false += len(wrong)
        minutes += (drill.before + drill.after) / 60
        if right:
            delays.append(right[0].found - began)
            kinds += right[0].kind is kind
            causes += kind is not SpikeKind.CROWD or "t.co/Qx1a on /books/42" in watch.cause(right[0])
        else:
            print(f"  missed: seed {seed}, {kind}, {rate:.1f}/s on {normal}/s: {[(s.source, s.kind) for s in own]}")
    late = sum(delay > 60 for delay in delays)
    print(f"{count} spikes: {len(delays)} found, {late} after more than 60 s; kind right {kinds}, cause right {causes}")
    print(f"seconds until found: median {statistics.median(delays):.0f}, most {max(delays):.0f}")
    print(f"false alarms: {false} in {minutes / 60:.0f} hours")
    _reliability(judged)


def _watched(drill: Drill, judged: list[tuple[float, bool]]) -> Watch:
    log = DrilledLog(drill)
    watch = Watch(Watched(forecasts=(drill.forecast,)), line_format("combined"))
    watch.attribution.own(["example.com"])
    recorded = Recorded(Inference([expected(drill.forecast)]))
    watch.attribution._inference = recorded
    for second, lines in log:
        watch.count(second)
        watch.settle(second)
        recorded.said.clear()
        watch.read(Block(log=0, lines=lines))
        truth = [origin == "fry-reads" for origin, page in log.origins if page == "/books"]
        if len(truth) == len(recorded.said):
            judged += zip(recorded.said, truth, strict=True)
    watch.count()
    watch.settle((watch.tally.latest or 0) + 1)
    return watch


def _reliability(judged: Sequence[tuple[float, bool]]) -> None:
    right = sum((p >= 0.5) == is_own for p, is_own in judged)
    print(f"{len(judged):,} entries that say nothing: {right / len(judged):.1%} right")
    print("said      came true   entries")
    for low in np.arange(0, 1, 0.1):
        inside = [(p, own) for p, own in judged if low <= p < low + 0.1 or (low > 0.85 and p >= 1)]
        if inside:
            said, came = np.mean([p for p, _ in inside]), np.mean([own for _, own in inside])
            print(f"{said:8.2f}  {came:9.2f}  {len(inside):8,}  {'·' * round(40 * float(came))}|")


@dataclass(frozen=True, slots=True)
class Burst:
    """From the ``first`` to the ``last`` step; at its highest so many ``times`` the usual."""

    first: int
    last: int
    times: float


def traffic(folder: Path) -> None:
    print(
        "times and z: an alarm's least multiple of the usual and least surprise; * is what watch has; delay: minutes,"
    )
    print("median and nine in ten; per week: false alarms. Of each series first one half, then the other.")
    half = f"{'found':>9}{'5 times':>9}{'delay':>8}{'per week':>10}"
    print(f"{'series':<26}{'times':>6}{'z':>4}  |{half}  |{half}")
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="") as file:
            values = np.array([float(row["value"]) for row in csv.DictReader(file)])
        bursts = _bursts(values)
        middle = (DAY_STEPS + len(values)) // 2
        for ratio, least in THRESHOLDS:
            alarms = _alarms(values, ratio, least)
            halves = [_scored(bursts, alarms, *ends) for ends in ((DAY_STEPS, middle), (middle, len(values)))]
            mark = "*" if (ratio, least) == (RATIO, LEAST_DEVIATES) else " "
            print(f"{path.stem:<26}{ratio:>6}{least:>4.0f}{mark} |{'  |'.join(halves)}")


def _scored(bursts: Sequence[Burst], alarms: Sequence[int], begin: int, end: int) -> str:
    """Of what begins in these steps: bursts found, the large ones found, delays, and false alarms a week."""
    here = [burst for burst in bursts if begin <= burst.first < end]
    hits = [next((a for a in alarms if b.first <= a <= b.last), None) for b in here]
    delays = [STEP // 60 * (hit - burst.first) for burst, hit in zip(here, hits, strict=True) if hit is not None]
    large = [hit is not None for burst, hit in zip(here, hits, strict=True) if burst.times >= LARGE_RATIO]
    false = sum(begin <= a < end and not any(b.first <= a <= b.last for b in bursts) for a in alarms)
    delay = f"{statistics.median(delays):.0f}, {np.quantile(delays, 0.9):.0f}" if delays else "–"
    found = f"{len(delays)}/{len(here)}"
    return f"{found:>9}{f'{sum(large)}/{len(large)}':>9}{delay:>8}{false / ((end - begin) / WEEK_STEPS):>10.1f}"


def _bursts(values: np.ndarray[Any, Any]) -> list[Burst]:
    found: list[Burst] = []
    for i in range(DAY_STEPS, len(values)):
        usual = np.median(values[i - DAY_STEPS : i])
        times = float(values[i] / max(usual, 1.0))
        if values[i] >= BURST_RATIO * usual and values[i] - usual >= LEAST_EXCESS:
            if found and i - found[-1].last <= HOUR_STEPS:
                found[-1] = Burst(found[-1].first, i, max(found[-1].times, times))
            else:
                found.append(Burst(i, i, times))
    return found


def _alarms(values: np.ndarray[Any, Any], ratio: float, least: float) -> list[int]:
    """The first step of each alarm, from the second day on; the detector's own rule, in steps of five minutes."""
    baselines = Baselines(STEP, WINDOWS)
    baselines.grow(1)
    alarms: list[int] = []
    last = -HOUR_STEPS - 1
    for i, value in enumerate(values):
        surprise = baselines.step_on(i * STEP, np.array([value]), np.array([i - last <= 1]))
        if is_too_many(surprise, least, ratio)[0]:
            if i - last > HOUR_STEPS and i >= DAY_STEPS:
                alarms.append(i)
            last = i
    return alarms


CAMPAIGN = """\
version: 1
name: Fry reads
id: fry-reads
launch: 2026-12-04T18:00
timezone: UTC
landing: /books
channels: [{kind: brand_post, clicks: 12k}]
utm: {source: x, medium: social, campaign: fry-reads}
"""


def latency(rate: int, seconds: float = 20.0) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "fry.yaml").write_text(CAMPAIGN)
        log = Path(folder) / "access.log"
        log.touch()
        watch = subprocess.Popen(
            [sys.executable, "-m", "spikekit", "watch", "fry.yaml", "--access-log", str(log), "--listen", "0"],
            cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            assert watch.stderr is not None
            while "http://" not in (line := watch.stderr.readline()):
                assert line
            url = line[line.index("http://") :].strip()
            marks: list[tuple[int, float]] = []
            writer = threading.Thread(target=_grow, args=(log, rate, seconds, marks))
            writer.start()
            seen = list(_scraped(url, writer))
            writer.join()
        finally:
            watch.terminate()
            watch.wait(20)
    delays = [min((at for count, at in seen if count >= lines), default=float("inf")) - at for lines, at in marks]
    order = sorted(delays)
    print(
        f"{rate:,} lines/s for {seconds:.0f} s; from written to visible: median {statistics.median(order):.2f} s,"
        f" 95 % {order[int(0.95 * len(order))]:.2f} s, most {order[-1]:.2f} s"
    )


def _grow(log: Path, rate: int, seconds: float, marks: list[tuple[int, float]]) -> None:
    chance = random.Random(1)
    # Made beforehand: it is the watch that is measured.
    tails = [_tail(chance) for _ in range(100_000)]
    written, began = 0, time.monotonic()
    with log.open("ab", buffering=0) as file:
        while (passed := time.monotonic() - began) < seconds:
            wanted = int(rate * passed) - written
            stamp = f"{datetime.now(UTC):%d/%b/%Y:%H:%M:%S +0000}"
            lines = (tails[i % len(tails)] for i in range(written, written + wanted))
            file.write("".join([f"{address}{stamp}{rest}" for address, rest in lines]).encode())
            written += wanted
            marks.append((written, time.monotonic()))
            time.sleep(0.1)


def _tail(chance: random.Random) -> tuple[str, str]:
    """A line's address and what follows its time."""
    address = f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
    return f"{address} - - [", f'] "GET {LINK} HTTP/1.1" 200 4021 "https://t.co/Q" "{chance.choice(AGENTS)}"\n'


def _scraped(url: str, writer: threading.Thread) -> Iterator[tuple[int, float]]:
    """Requests that are visible, and when they were."""
    ended: float | None = None
    with httpx.Client() as client:
        while ended is None or time.monotonic() - ended < 5:
            text = client.get(url).text
            counts: defaultdict[str, float] = defaultdict(float)
            for line in text.splitlines():
                if line.startswith("spikekit_live_requests_total{"):
                    counts["requests"] += float(line.rsplit(" ", 1)[1])
            yield int(counts["requests"]), time.monotonic()
            if not writer.is_alive() and ended is None:
                ended = time.monotonic()
            time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drills", type=int)
    parser.add_argument("--seed", type=int, default=0, help="of the first drill; the others follow [0]")
    parser.add_argument("--traffic", type=Path)
    parser.add_argument("--latency", action="store_true")
    parser.add_argument("--rate", type=int, default=20_000)
    given = parser.parse_args()
    if given.drills:
        drills(given.drills, given.seed)
    if given.traffic:
        traffic(given.traffic)
    if given.latency:
        latency(given.rate)


if __name__ == "__main__":
    main()
