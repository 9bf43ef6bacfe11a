"""Whether a search finds what is true, and says rightly how sure it is.

    python -m benchmarks.capacity [--searches 64 [--quick]] [--first 0] [--jobs 2] [--real 0] [--nginx 0] [--small 0]

Servers of 100 to 2,000 visitors/s that queue, shed, limit their rate or collapse are drawn at random. The truth of each
is the highest rate at which the same server, simulated for up to an hour, meets the objectives: for a collapsing one
the rate at which three of five hours go well. Searches run in virtual time against the very arithmetic of the sample
shop; ``--real N`` of them (from 400 visitors/s) also with processes, where the shop shares this machine with its load.
``--nginx N`` searches are of a real nginx that serves at a rate of its own (``limit_req``) and leaves a processor free.
``--small N`` searches are of each of a few queues so small that objectives are tight for them, in virtual time.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.servers import nginx
from spikekit.capacity.document import CapacityRun
from spikekit.capacity.finding import find, seconds_above
from spikekit.capacity.search import Quest, spent
from spikekit.shop.capacity import Refusal
from spikekit.shop.process import ShopProcess
from spikekit.shop.settings import Settings
from spikekit.site.file import load_site
from spikekit.trial.search import BUDGET_SECONDS, Sought, search_capacity
from spikekit.verdict.chance import tail
from tests.capacity.virtual import LOOK, searched

KINDS = ("queue", "shed", "rate limit", "collapse")
LIMITS = ((0.05, 0.8), (0.01, 2.0))
ERRORS = 0.01
HOUR = 3600.0
FEWEST_COLLAPSING = 12
"""Slots of a collapsing server: with fewer, one unlucky second tips it over at any rate worth the name."""

SMALL = ((1, 20.0), (1, 40.0), (4, 100.0))
"""Slots, and what they serve, visitors/s."""

REAL_FIRST = 1000
LEAST, MOST, REAL_LEAST = 100.0, 2000.0, 400.0
"""Visitors/s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One search against one server, visitors/s. ``above``: seconds for which more came than it truly holds."""

    kind: str
    truth: float
    low: float
    likely: float
    high: float
    seconds: float
    above: float

    @property
    def error(self) -> float:
        return self.likely / self.truth - 1

    @property
    def covers(self) -> bool:
        return self.low <= self.truth <= self.high


def server(number: int, least: float = LEAST) -> tuple[str, Settings, float]:
    """A server drawn at random: its kind, its settings, and what its slots or its limit would allow."""
    rng, kind = np.random.default_rng(number), KINDS[number % len(KINDS)]
    nominal = float(np.exp(rng.uniform(np.log(least), np.log(MOST))))
    service = float(np.exp(rng.uniform(np.log(0.02), np.log(0.2))))
    slots = max(4 if kind != "collapse" else FEWEST_COLLAPSING, round(nominal * service))
    plain = Settings(slots=slots, service_seconds=slots / nominal)
    if kind == "rate limit":
        return kind, Settings(slots=None, rate_limit=nominal), nominal
    if kind == "shed":
        return kind, replace(plain, queue=int(slots * rng.uniform(0.2, 2)) + 2), nominal
    return kind, replace(plain, collapse=kind == "collapse"), nominal


def truth(settings: Settings, nominal: float) -> float:
    """The highest stationary rate that meets the objectives, by simulating it for long at one rate after another."""
    seconds = HOUR if settings.collapse else min(HOUR / 2, 600_000 / nominal)
    low, high = 0.3 * nominal, 1.03 * nominal
    while high / low > 1.002:
        middle = math.sqrt(low * high)
        held = _mostly_holds(settings, middle, seconds, of=5 if settings.collapse else 1)
        low, high = (middle, high) if held else (low, middle)
    return math.sqrt(low * high)


def _mostly_holds(settings: Settings, rate: float, seconds: float, *, of: int) -> bool:
    held = lost = 0
    while 2 * max(held, lost) <= of:
        held, lost = (held + 1, lost) if _holds(settings, rate, seconds, held + lost) else (held, lost + 1)
    return held > lost


def _holds(settings: Settings, rate: float, seconds: float, seed: int) -> bool:
    capacity, rng, total = settings.capacity(), np.random.default_rng(seed), int(rate * seconds)
    refused, late, at = 0, [0, 0], 0.0
    for begun in range(0, total, 100_000):
        instants = at + np.cumsum(rng.exponential(1 / rate, min(100_000, total - begun)))
        for instant in instants.tolist():
            due = capacity.admit(instant)
            if isinstance(due, Refusal):
                refused += 1
            elif due - instant > LIMITS[0][1]:
                late[0] += 1
                late[1] += due - instant > LIMITS[1][1]
        at = float(instants[-1])
        misses = zip(LIMITS, late, strict=True)
        if refused > ERRORS * total or any(n + refused > allowed * total for (allowed, _), n in misses):
            return False
    return True


def virtual(number: int) -> Result:
    """One search in virtual time."""
    return _in_virtual_time(*server(number), seed=number + 1)


def small(which: tuple[int, float, int]) -> Result:
    """One search of a small queue: its slots, what they serve, the seed of the arrivals."""
    slots, nominal, seed = which
    return _in_virtual_time("queue", Settings(slots=slots, service_seconds=slots / nominal), nominal, seed=seed)


def _in_virtual_time(kind: str, settings: Settings, nominal: float, *, seed: int) -> Result:
    quest = Quest(most_per_second=6000, budget_seconds=BUDGET_SECONDS)
    trials = searched(settings, quest, seed=seed)
    found, true = find(quest, trials, {LOOK.name: 1.0}).capacity, truth(settings, nominal)
    ends = (found.warm.low, found.warm.likely, found.warm.high) if found else None
    return _result(kind, true, ends, spent(trials), seconds_above(trials, true))


def real(number: int) -> Result:
    """One search with processes, over the loopback interface."""
    kind, settings, nominal = server(number, REAL_LEAST)
    with ShopProcess(settings) as shop:
        return _over_loopback(kind, settings, nominal, shop.url, Sought(path="/books", seed=number))


def limited(number: int) -> Result:
    """One search of an nginx with a rate of its own: a single slot that serves at that rate, and a room before it."""
    rng = np.random.default_rng(number)
    rate = int(np.exp(rng.uniform(np.log(LEAST), np.log(MOST))))
    kind, room = ("queue", 4 * rate) if number % 2 else ("shed", int(rate * rng.uniform(0.02, 0.3)) + 2)
    settings = Settings(slots=1, service_seconds=1 / rate, queue=room)
    with nginx(rate, room=room) as (port, _):
        sought = Sought(path="/small.html", seed=number)
        return _over_loopback(kind, settings, rate, f"http://127.0.0.1:{port}", sought)


def _over_loopback(kind: str, settings: Settings, nominal: float, url: str, sought: Sought) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "site.yaml"
        file.write_text(f"version: 1\nsite: shop\ntargets: {{shop: {{url: '{url}', consent: private}}}}\n")
        run: CapacityRun = search_capacity(
            sought, load_site(file), Path(folder), command="benchmark", inputs={}, environ={}
        )
    value, true = run.value(), truth(settings, nominal)
    print(f"{kind}, in truth {true:.0f}: {' '.join([run.sentence, *run.reasons])}", flush=True)
    for t in run.trials:
        note = t.limited_by or t.reason or ""
        served = f"{t.visitors_per_second:>10.0f} visitors/s, {t.served_per_second:.0f} served at the end"
        print(f"{served}, {t.duration_seconds:.0f} s: {t.verdict} {note}", flush=True)
    ends = (value.warm.low, value.warm.likely, value.warm.high) if value else None
    return _result(kind, true, ends, run.duration_seconds, run.seconds_above_capacity)


def _result(
    kind: str, true: float, ends: tuple[float, float, float | None] | None, seconds: float, above: float
) -> Result:
    low, likely, high = ends or (0.0, 0.0, None)
    return Result(kind=kind, truth=true, low=low, likely=likely, high=high or math.inf, seconds=seconds, above=above)


def report(title: str, results: Iterable[Result]) -> None:
    """Errors and coverage, by kind and over all."""
    known = list(results)
    print(
        f"\n{title}\n{'':<12}{'searches':>9}{'median':>9}{'worst':>9}{'covered':>9}{'width':>8}{'seconds':>9}{'above':>7}"
    )
    for kind in (*KINDS, "all"):
        some = [r for r in known if kind in (r.kind, "all")]
        if some:
            errors = [abs(r.error) for r in some]
            width = statistics.median(r.high / max(r.low, 1e-9) - 1 for r in some)
            covered = sum(r.covers for r in some) / len(some)
            print(
                f"{kind:<12}{len(some):>9}{statistics.median(errors):>9.1%}{max(errors):>9.1%}{covered:>9.0%}"
                f"{width:>8.0%}{max(r.seconds for r in some):>9.0f}{statistics.median(r.above for r in some):>7.0f}"
            )
    missed = sum(not r.covers for r in known)
    print(f"{missed} of {len(known)} intervals miss; of honest 95 % ones so many or more would in", end=" ")
    print(f"{tail(missed, len(known), 0.05):.0%} of such benchmarks.")


def main() -> None:
    """Run it and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--searches", type=int, default=64, help="in virtual time [64]")
    parser.add_argument("--quick", action="store_true", help="without what collapses, whose truth takes long")
    parser.add_argument("--first", type=int, default=0, help="the number of the first of them [0]")
    parser.add_argument("--jobs", type=int, default=2, help="at once [2]")
    parser.add_argument("--real", type=int, default=0, help="with processes, three minutes each [0]")
    parser.add_argument("--small", type=int, default=0, help="of each small queue, in virtual time [0]")
    parser.add_argument("--nginx", type=int, default=0, help="of a real nginx, three minutes each [0]")
    asked = parser.parse_args()
    numbers = [
        number
        for number in range(asked.first, asked.first + asked.searches)
        if not asked.quick or KINDS[number % len(KINDS)] != "collapse"
    ]
    if numbers:
        with ProcessPoolExecutor(asked.jobs) as pool:
            report(f"In virtual time, from number {asked.first} on", pool.map(virtual, numbers))
    for slots, nominal in SMALL if asked.small else ():
        with ProcessPoolExecutor(asked.jobs) as pool:
            title = f"{slots} slots that serve {nominal:.0f}/s"
            report(title, pool.map(small, [(slots, nominal, seed) for seed in range(asked.small)]))
    if asked.real:
        report("With processes", [real(REAL_FIRST + asked.first + n) for n in range(asked.real)])
    if asked.nginx:
        report("Of nginx", [limited(asked.first + n) for n in range(asked.nginx)])


if __name__ == "__main__":
    main()
