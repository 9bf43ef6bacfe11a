"""How fast and how faithful the engine is, beside its peers, in one run on one machine.

    python -m benchmarks.engine [--rounds 3]

Generator and nginx have a processor each. Figures drift with the machine: read the ratios. Needs nginx, openssl and
wrk (apt-get install nginx-light openssl wrk).
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable

from benchmarks.generators import Sent, bare_handshakes, locust_fast, locust_waiting_bytes, send, wrk
from benchmarks.servers import nginx, silent
from spikekit.engine.plan import Sending
from spikekit.profile.curve import RateCurve
from spikekit.shop.process import ShopProcess
from spikekit.shop.settings import Settings

TRIAL_SECONDS = 5.0
STEP = 1.12


def clean_rate(trial: Callable[[float], Sent], start: float) -> float:
    """The highest rate on a ladder of 12 % rungs that is held cleanly; a rung may fail once by bad luck."""
    rate, held = start, 0.0
    while trial(rate).is_clean or trial(rate).is_clean:
        held, rate = rate, rate * STEP
    while not held:
        rate /= STEP
        held = rate if trial(rate).is_clean or trial(rate).is_clean else 0.0
    return held


def paced_locust(port: int) -> float:
    """The highest rate that 200 paced users hold to within a per cent."""
    held = 0.0
    for rate in (1000, 1500, 2000, 2500, 3000, 3500, 4000, 5000, 6000, 7000):
        if locust_fast(port, users=200, each_per_second=rate / 200) < 0.99 * rate:
            break
        held = rate
    return held


def speed() -> dict[str, float]:
    """Rates per second of one round."""
    steady = RateCurve.constant
    with nginx() as (plain, tls):
        found = {
            "wrk, closed (the limit)": wrk(plain) or 0.0,
            "FastHttpUser, closed": locust_fast(plain, users=50),
            "FastHttpUser, paced, clean": paced_locust(plain),
            "spikekit, kept connections, clean": clean_rate(
                lambda r: send(plain, steady(r, TRIAL_SECONDS), sending=Sending(reuse=True)), 10_000
            ),
            "spikekit, fresh connections, clean": clean_rate(lambda r: send(plain, steady(r, TRIAL_SECONDS)), 3_500),
            "bare TLS handshake loop": bare_handshakes(tls),
            # Beyond what it can: how many it completes is its handshake rate.
            "spikekit, fresh TLS": _completed_per_second(send(tls, steady(4_000, TRIAL_SECONDS), tls=True)),
        }
        step = send(plain, RateCurve((0.0, 4.0), (5_000.0, 5_000.0)))
        found["step from 0 to 5,000/s: started in its first second, %"] = 100 * step.first_second_ratio
        one = send(plain, steady(2_000, 8.0), pin=False)
        two = send(plain, steady(2_000, 8.0), sending=Sending(workers=2), pin=False)
        found["CPU per arrival, two workers over one"] = (two.cpu_seconds / two.started) / (
            one.cpu_seconds / one.started
        )
    return found


def _completed_per_second(sent: Sent) -> float:
    return sent.started / TRIAL_SECONDS


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
    return {
        "18,000 visitors inside: kB each": (many.rss_bytes - idle.rss_bytes) / many.started / 1000,
        "5,000 visitors inside: MB": five.rss_bytes / 1e6,
        "Locust, 5,000 users waiting: MB": locust / 1e6,
    }


def stall() -> dict[str, float]:
    """A site that stands still 0.8 s in every 8 s: the p99 of latency against the arithmetic truth.

    A visitor who comes t into the stall waits 0.8 − t; a share of 0.8/8 comes in it, evenly. So P(wait > x) =
    (0.8 − x)/8, and one in a hundred waits longer than 0.72 s.
    """
    with ShopProcess(Settings(slots=None, stall=True)) as shop:
        sent = send(shop.port, RateCurve.constant(300, 40.0), path="/books", pin=False)
    return {"stall: p99 over the truth": sent.latency_p99_seconds / 0.72}


def main() -> None:
    """Measure in rounds, print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    figures = [speed() | memory() | stall() for _ in range(rounds)]
    median = {name: statistics.median(f[name] for f in figures) for name in figures[0]}
    for name, value in median.items():
        spread = sorted(f[name] for f in figures)
        print(f"{name:58} {value:10,.2f}   ({spread[0]:,.2f} to {spread[-1]:,.2f})")
    ours = median["spikekit, kept connections, clean"]
    print(f"\nover FastHttpUser closed {ours / median['FastHttpUser, closed']:.2f}×")
    print(f"over FastHttpUser paced  {ours / median['FastHttpUser, paced, clean']:.2f}×")
    print(f"TLS over the bare loop   {median['spikekit, fresh TLS'] / median['bare TLS handshake loop']:.2f}×")
    locust, five = median["Locust, 5,000 users waiting: MB"], median["5,000 visitors inside: MB"]
    print(f"memory over Locust's     {five / locust:.2f}×")


if __name__ == "__main__":
    main()
