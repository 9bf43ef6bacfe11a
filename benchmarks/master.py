"""Where Locust's master becomes the limit: its processor time for each worker, as workers grow in number.

    python -m benchmarks.master [--workers 8 16 32 64] [--seconds 20] [--visitors 5000] [--steps 5]

The master is the real one; the workers are simulated in one process and say what real ones say. Beside it stands what
the leading command spends on reading the lines that the master writes. A processor each would be best; processor time
is what counts, so a busy machine does little harm.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.generators import generating, page_plan
from spikekit.engine.lease import LEASE_SECONDS
from spikekit.engine.plan import Sending
from spikekit.measurement.record import Record
from spikekit.profile.curve import RateCurve
from tests.ports import free_port

BUSY_RATIO = 0.7
"""Of one processor: beyond, messages queue behind each other."""

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Of one run: processor seconds in a second, of the master and of who reads; what came, and how late words were."""

    master: float
    reader: float
    lines: int
    line_bytes: int
    report_bytes: int
    longest_silence: float


def measure(workers: int, *, seconds: int, visitors: int, steps: int) -> Load:
    """One run. Its first and last two seconds are left out: joining and leaving cost more, once."""
    port = free_port()
    sending = Sending(workers=0, join_at=f"127.0.0.1:{port}", join_workers=workers)
    plan = page_plan(9, RateCurve.constant(1.0, seconds), sending=sending)
    words = [sys.executable, "-m", "benchmarks.simulated_workers", str(port), str(workers), str(seconds)]
    with tempfile.TemporaryDirectory() as name, generating(plan, Path(name), pin=False) as generator:
        simulated = subprocess.Popen([*words, str(visitors), str(steps)], stdout=subprocess.PIPE, text=True)
        record, lines, marks = Record(), 0, [_Mark(at=0.0, master=0.0, reader=0.0, lines=0)]
        for second in generator.seconds():
            record.add(second)
            lines += 1
            if second.second == len(marks) and (cpu := _cpu(generator.pid)) is not None:
                marks.append(_Mark(at=time.monotonic(), master=cpu, reader=time.process_time(), lines=lines))
        out, _ = simulated.communicate(timeout=90)
    if len(marks) < 6:
        # The master had ended before its lines were read: reading is the limit, and there is nothing to divide by.
        sys.exit(f"{workers} workers: reading their lines fell {seconds - len(marks)} s behind; give it more --seconds")
    first, last = marks[2], marks[-2]
    told = json.loads(out)
    return Load(
        master=(last.master - first.master) / (last.at - first.at),
        reader=(last.reader - first.reader) / (last.lines - first.lines) * workers,
        lines=lines,
        line_bytes=told["line_bytes"],
        report_bytes=told["report_bytes"],
        longest_silence=told["longest_silence"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """How much processor time had been used when a second's first line was read."""

    at: float
    master: float
    reader: float
    lines: int


def _cpu(pid: int) -> float | None:
    """Processor seconds a process has used, its own and the kernel's on its behalf; ``None`` when it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return (int(fields[11]) + int(fields[12])) / _TICKS


def main() -> None:
    """Measure each number of workers and say where the end is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[8, 16, 32, 64])
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--visitors", type=int, default=5000, help="a worker's, each second")
    parser.add_argument("--steps", type=int, default=5)
    asked = parser.parse_args()
    print("workers  master CPU   a worker   reader CPU   a line     longest silence")
    for workers in asked.workers:
        load = measure(workers, seconds=asked.seconds, visitors=asked.visitors, steps=asked.steps)
        whole = "" if load.lines == workers * asked.seconds else f"   {load.lines} of {workers * asked.seconds} lines"
        late = "   longer than the lease" if load.longest_silence > LEASE_SECONDS else ""
        print(
            f"{workers:7}  {load.master:9.1%}  {1000 * load.master / workers:6.2f} ms  {load.reader:10.1%}"
            f"  {1000 * load.reader / workers:5.2f} ms  {load.longest_silence:10.2f} s{late}{whole}",
            flush=True,
        )
    most = BUSY_RATIO * workers / max(load.master, load.reader)
    print(
        f"\na line of {load.line_bytes / 1000:.1f} kB and Locust's report of {load.report_bytes / 1000:.1f} kB a second"
    )
    print(
        f"one master (at {BUSY_RATIO:.0%} of a processor): {most:,.0f} workers, {most * asked.visitors:,.0f} visitors/s"
    )


if __name__ == "__main__":
    main()
