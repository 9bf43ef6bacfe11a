"""How fast logs are replayed, beside GoAccess, in one run on one core.

    python -m benchmarks.logs [--lines 1000000] [--pairs 3] [--hostile]
    python -m benchmarks.logs --follow [--rate 20000]

Both read the same generated log in the combined format; CPU times are compared, for they drift less than clocks. Every
visit's link bears a click id of its own; ``--hostile`` gives each line an address, a page, a referrer and a user agent
of its own, too. Needs GoAccess (apt-get install goaccess). ``--follow`` tells how long after it was written a line is
counted, while a log grows that fast and is rotated once.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from spikekit.traffic.attribution import Attribution
from spikekit.traffic.follow import Follower
from spikekit.traffic.format import line_format
from spikekit.traffic.tally import Tally
from spikekit.traffic.totals import Totals

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
LINES_PER_SECOND = 2_000
BEGAN = datetime(2026, 12, 4, 18, 0, tzinfo=UTC)
REFERRERS = ("https://t.co/Qx1a", "https://www.google.com/", "https://l.facebook.com/", "-", "https://lnkd.in/")
AGENTS = [
    f"Mozilla/5.0 (iPhone; CPU iPhone OS {v}_{w} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    f"Version/{v}.0 Mobile/15E148 Safari/604.1"
    for v in range(12, 19)
    for w in range(8)
] + [
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36"
    for v in range(90, 140)
]
LINK = "/books?utm_source=x&utm_medium=social&utm_campaign=fry-reads"
OWN = "https://www.example.com"

REPLAY = """
import sys
from pathlib import Path
from spikekit.traffic.archive import format_of, replayed
from spikekit.traffic.attribution import Attribution
from spikekit.traffic.tally import Tally
from spikekit.traffic.totals import Totals
from tests.traffic.lines import campaign
path = Path(sys.argv[1])
form = format_of([path])
tally, totals = Tally(form, Attribution([campaign()])), Totals()
for block in replayed([path], form):
    tally.feed(block.lines, too_long=block.too_long)
    for second in tally.take(tally.latest):
        totals.add(second)
for second in tally.take():
    totals.add(second)
assert sum(c.requests for c in totals.sources.values()) == tally.lines
"""


def visits(luck: random.Random, *, hostile: bool) -> Iterator[list[tuple[str, str, str, str]]]:
    """Visits without end: each a list of (address, target, referrer, user agent)."""
    number = 0
    while True:
        number += 1
        address = ".".join(str(luck.randrange(256)) for _ in range(4))
        agent, referrer = luck.choice(AGENTS), luck.choice(REFERRERS)
        click = f"{LINK}&fbclid={''.join(luck.choices(ALPHABET, k=100))}"
        if hostile:
            yield [
                (address, click.replace("/books", f"/p{number}"), f"https://h{number}.example/", f"{agent} {number}")
            ]
            continue
        page = [(address, click, referrer, agent)]
        parts = ("/static/shop.css", "/static/shop.js", "/static/logo.png") if luck.random() < 0.5 else ()
        yield page + [(address, part, f"{OWN}{click}", agent) for part in parts]


def write(path: Path, lines: int, *, hostile: bool) -> None:
    """A log of so many lines, the same every time."""
    drawn, written = visits(random.Random(20_261_204), hostile=hostile), 0
    with path.open("w") as file:
        while written < lines:
            for address, target, referrer, agent in next(drawn)[: lines - written]:
                at = BEGAN + timedelta(seconds=written // LINES_PER_SECOND)
                stamp = at.strftime("%d/%b/%Y:%H:%M:%S +0000")
                file.write(f'{address} - - [{stamp}] "GET {target} HTTP/1.1" 200 4021 "{referrer}" "{agent}"\n')
                written += 1


def cpu_seconds(command: list[str]) -> tuple[float, float]:
    """CPU seconds and most megabytes of a command on the first core it may use."""
    core = min(os.sched_getaffinity(0))
    child = subprocess.Popen(
        ["taskset", "-c", str(core), *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, command
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


WRITER = """
import sys, time
from pathlib import Path
source, log, rate, seconds = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
lines, number, began = source.read_bytes().splitlines(keepends=True), 0, time.time()
file = log.open("ab", buffering=0)
while number < len(lines):
    time.sleep(0.02)
    until = min(int((time.time() - began) * rate), len(lines))
    file.write(b"".join(lines[number:until]))
    if number < len(lines) // 2 <= until:
        log.rename(log.with_name("access.log.1"))
        file = log.open("ab", buffering=0)
    number = until
    print(time.time(), number, flush=True)
"""
POLL_SECONDS = 0.25


def follow(folder: Path, rate: int, seconds: int) -> None:
    """Print how late lines are counted, and the share of a core it takes."""
    source, log = folder / "source.log", folder / "access.log"
    write(source, rate * seconds, hostile=False)
    tally, totals, counted = Tally(line_format("combined"), Attribution([])), Totals(), [(0.0, 0)]
    with Follower([log]) as follower:
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(source), str(log), str(rate), str(seconds)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        used, began = time.process_time(), time.time()
        while tally.lines < rate * seconds:
            for block in follower.poll():
                tally.feed(block.lines, too_long=block.too_long)
            for second in tally.take(tally.latest):
                totals.add(second)
            counted.append((time.time(), tally.lines))
            time.sleep(POLL_SECONDS)
        share = (time.process_time() - used) / (time.time() - began)
    written = [line.split() for line in writer.communicate()[0].splitlines()]
    late = [next(at for at, lines in counted if lines >= int(n)) - float(when) for when, n in written]
    print(f"{rate:,} lines/s: counted after {statistics.median(late):.2f} s, {max(late):.2f} s at most; "
          f"{share:.0%} of a core")  # fmt: skip


def main() -> None:
    """Print each pair, and the ratio of the medians."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--lines", type=int, default=1_000_000)
    arguments.add_argument("--pairs", type=int, default=3)
    arguments.add_argument("--hostile", action="store_true")
    arguments.add_argument("--follow", action="store_true")
    arguments.add_argument("--rate", type=int, default=20_000)
    asked = arguments.parse_args()
    if asked.follow:
        with tempfile.TemporaryDirectory() as folder:
            follow(Path(folder), asked.rate, 10)
        return
    peer = shutil.which("goaccess")
    if not peer:
        sys.exit("GoAccess is needed: apt-get install goaccess")
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "access.log"
        write(log, asked.lines, hostile=asked.hostile)
        peers = [peer, str(log), "--log-format=COMBINED", "--no-global-config", "-o", f"{folder}/out.json"]
        found: dict[str, list[float]] = {"GoAccess": [], "spikekit": []}
        for _ in range(asked.pairs):
            for name, command in (("GoAccess", peers), ("spikekit", [sys.executable, "-c", REPLAY, str(log)])):
                seconds, megabytes = cpu_seconds(command)
                found[name].append(seconds)
                print(f"{name:9} {asked.lines / seconds:10,.0f} lines per CPU second {megabytes:8,.0f} MB", flush=True)
    ratio = statistics.median(found["GoAccess"]) / statistics.median(found["spikekit"])
    print(f"spikekit reads {ratio:.1f} times as fast")


if __name__ == "__main__":
    main()
