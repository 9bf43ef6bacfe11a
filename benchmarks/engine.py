"""How fast and how faithful the engine is, beside its peers, in one run on one machine.

    python -m benchmarks.engine [--rounds 3]

Generator and nginx have a processor each. Figures drift with the machine: read the ratios, and run it on a quiet one.
About five minutes a round. Needs nginx, openssl and wrk (apt-get install nginx-light openssl wrk).
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.generators import Sent, bare_handshakes, locust_fast, locust_waiting_bytes, send, wrk
from benchmarks.servers import nginx, silent
from spikekit.engine.plan import Sending
from spikekit.profile.curve import RateCurve
from spikekit.shop.process import ShopProcess
from spikekit.shop.settings import Settings

TRIAL_SECONDS = 4.0
RUNG, PRECISION = 1.25, 1.03

WRK = "wrk, closed (the limit)"
CLOSED = "FastHttpUser, closed"
PACED = "FastHttpUser, 200 paced users, clean"
KEPT = "spikekit, kept connections, clean"
FRESH = "spikekit, fresh connections, clean"
BARE = "bare loop of TLS handshakes"
TLS = "spikekit, fresh TLS"
AT_ONCE = "both with so many handshakes in flight"
STEP = "step from 0 to 5,000/s: started in its first second, %"
TWO_AS_BUSY = "CPU per arrival, two workers each as busy as one"
TWO_SHARING = "CPU per arrival, two workers sharing one's load (idler)"
MASTER = "their master: % of a core"
EACH = "18,000 visitors inside: kB each"
FIVE = "5,000 visitors inside: MB"
LOCUST_FIVE = "Locust, 5,000 users waiting: MB"
LOCUST_EACH = "Locust, 5,000 users waiting: kB each"
STALL = "stall: p99 over the truth"

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Floor:
    """What a figure must reach (or stay below, for ``most``), and what is hoped for."""

    name: str
    value: Callable[[Figures], float]
    floor: float
    goal: float | None = None
    most: bool = False

    def line(self, figures: Figures) -> str:
        """The figure, its floor, and whether it is met."""
        value = self.value(figures)
        met = value <= self.floor if self.most else value >= self.floor
        sign = "≤" if self.most else "≥"
        hoped = "" if self.goal is None else f" [{self.goal:,g}]"
        return f"{self.name:58} {value:10,.2f}   {sign} {self.floor:,g}{hoped}: {'ok' if met else 'MISSED'}"


FLOORS = (
    Floor("kept connections over FastHttpUser closed", lambda f: f[KEPT] / f[CLOSED], 1.5, 2.5),
    Floor("kept connections over FastHttpUser paced", lambda f: f[KEPT] / f[PACED], 4.0),
    Floor("fresh connections a second", lambda f: f[FRESH], 5_000, 8_000),
    Floor("TLS over the bare loop", lambda f: f[TLS] / f[BARE], 0.9),
    Floor("step: started in its first second, %", lambda f: f[STEP], 98),
    Floor("CPU per arrival, two workers each as busy as one", lambda f: f[TWO_AS_BUSY], 1.1, most=True),
    Floor("kB for each of 18,000 visitors", lambda f: f[EACH], 20, most=True),
    Floor("a visitor's memory over that of a Locust user", lambda f: f[EACH] / f[LOCUST_EACH], 0.5, most=True),
    Floor("the whole process's, with 5,000, over Locust's", lambda f: f[FIVE] / f[LOCUST_FIVE], 0.5, most=True),
    Floor("stall: p99 off the truth, %", lambda f: 100 * abs(f[STALL] - 1), 5, most=True),
)


def highest(holds: Callable[[float], bool], start: float) -> float:
    """The highest rate that holds, to 3 %: up or down rungs of 25 %, then by halves. A rate may fail once by luck."""

    def surely(rate: float) -> bool:
        return holds(rate) or holds(rate)

    low = start
    if surely(low):
        while surely(low * RUNG):
            low *= RUNG
    else:
        low /= RUNG
        while not surely(low):
            low /= RUNG
    high = low * RUNG
    while high / low > PRECISION:
        middle = (low * high) ** 0.5
        low, high = (middle, high) if surely(middle) else (low, middle)
    return low


def clean_rate(trial: Callable[[float], Sent], start: float) -> float:
    """The highest rate that is held cleanly."""
    return highest(lambda rate: trial(rate).is_clean, start)


def paced_locust(port: int) -> float:
    """The highest rate that 200 paced users hold to within a per cent."""
    return highest(lambda r: locust_fast(port, users=200, each_per_second=r / 200, seconds=6) >= 0.99 * r, 3_000)


def speed() -> dict[str, float]:
    """Rates per second of one round."""
    steady = RateCurve.constant
    with nginx() as (plain, tls):
        found = {
            WRK: wrk(plain) or 0.0,
            CLOSED: locust_fast(plain, users=50),
            PACED: paced_locust(plain),
            KEPT: clean_rate(lambda r: send(plain, steady(r, TRIAL_SECONDS), sending=Sending(reuse=True)), 12_000),
            FRESH: clean_rate(lambda r: send(plain, steady(r, TRIAL_SECONDS)), 5_000),
        }
        # More than it can: how many it completes is its handshake rate.
        most = send(tls, steady(3_000, 6.0), tls=True)
        found[TLS], found[AT_ONCE] = most.completed_per_second, most.in_flight
        found[BARE] = bare_handshakes(tls, at_once=most.in_flight)
        found[STEP] = 100 * send(plain, RateCurve((0.0, 4.0), (5_000.0, 5_000.0))).first_second_ratio
        return found | distribution(plain)


def distribution(port: int) -> dict[str, float]:
    """What it costs to have two workers instead of one, in whole seconds of a steady load."""
    half = send(port, RateCurve.constant(1_000, 7.0), pin=False)
    two = send(port, RateCurve.constant(2_000, 7.0), sending=Sending(workers=2), pin=False)
    whole = send(port, RateCurve.constant(2_000, 7.0), pin=False)
    return {
        TWO_AS_BUSY: two.cpu_per_arrival_seconds / half.cpu_per_arrival_seconds,
        TWO_SHARING: two.cpu_per_arrival_seconds / whole.cpu_per_arrival_seconds,
        MASTER: 100 * two.generator_cpu_ratio,
    }


def memory() -> dict[str, float]:
    """Bytes for visitors who all wait for an answer."""
    # Each against a server of its own: one keeps what it took, and its descriptors end.
    with silent() as port:
        idle = send(port, RateCurve.constant(1, 3.0), drain_seconds=0.5)
    with silent() as port:
        many = send(port, RateCurve.constant(2_300, 8.0), drain_seconds=3.0)
    with silent() as port:
        five = send(port, RateCurve.constant(1_000, 5.0), drain_seconds=3.0)
    with silent() as port:
        locust = locust_waiting_bytes(port, 5_000)
        alone = locust_waiting_bytes(port, 1)
    return {
        EACH: (many.rss_bytes - idle.rss_bytes) / many.started / 1000,
        FIVE: five.rss_bytes / 1e6,
        LOCUST_FIVE: locust / 1e6,
        LOCUST_EACH: (locust - alone) / 4_999 / 1000,
    }


def stall() -> dict[str, float]:
    """A site that stands still 0.8 s in every 8 s: the p99 of latency against the arithmetic truth.

    A visitor who comes t into the stall waits 0.8 − t; a share of 0.8/8 comes in it, evenly. So P(wait > x) =
    (0.8 − x)/8, and one in a hundred waits longer than 0.72 s.
    """
    with ShopProcess(Settings(slots=None, stall=True)) as shop:
        sent = send(shop.port, RateCurve.constant(300, 32.0), path="/books", pin=False)
    return {STALL: sent.latency_p99_seconds / 0.72}


def main() -> None:
    """Measure in rounds; print medians, then the floors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    figures = [speed() | memory() | stall() for _ in range(rounds)]
    median = {name: statistics.median(f[name] for f in figures) for name in figures[0]}
    print(f"medians of {rounds} (least to most)")
    for name, value in median.items():
        spread = sorted(f[name] for f in figures)
        print(f"{name:58} {value:10,.2f}   ({spread[0]:,.2f} to {spread[-1]:,.2f})")
    print("\nfloors [goals]")
    for floor in FLOORS:
        print(floor.line(median))


if __name__ == "__main__":
    main()
