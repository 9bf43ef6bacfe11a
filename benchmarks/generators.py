"""Ways to send: spikekit's engine, Locust's own clients, wrk, a bare handshake loop; each on one processor."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from spikekit.engine.plan import Host, Plan, Sending
from spikekit.engine.process import GeneratorProcess
from spikekit.measurement.histogram import Histogram
from spikekit.measurement.record import Record, read_seconds
from spikekit.measurement.second import Second
from spikekit.profile.curve import RateCurve
from spikekit.profile.model import Profile, Stream
from spikekit.site.model import Journey, Objectives, Step, Tls
from spikekit.vocabulary import RunKind

GENERATOR_CPU = {0}
ROOT = Path(__file__).resolve().parent.parent
ALONE = Sending()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a run of the engine showed. ``rss_bytes`` is the generator's largest resident memory.

    ``cpu_per_arrival_seconds`` (of all workers), ``completed_per_second`` and ``in_flight`` (of one) are of the whole
    seconds of the profile but its first; the latter two are medians.
    ``generator_cpu_ratio`` is the generator's share of a core: where there are several workers, their master's.
    """

    started_ratio: float
    lag_p99_seconds: float
    latency_p99_seconds: float
    first_second_ratio: float
    cpu_per_arrival_seconds: float
    started: int
    failed: int
    completed_per_second: float
    in_flight: int
    generator_cpu_ratio: float
    rss_bytes: int

    @property
    def is_clean(self) -> bool:
        """Held as asked: 99 % of the planned started, and 99 % of those within 20 ms of their instant."""
        return self.started_ratio >= 0.99 and self.lag_p99_seconds <= 0.02 and self.failed == 0


def send(
    port: int,
    curve: RateCurve,
    *,
    tls: bool = False,
    sending: Sending = ALONE,
    pin: bool = True,
    drain_seconds: float = 5.0,
    path: str = "/small.html",
) -> Sent:
    """One run of the engine, everything recorded, against 127.0.0.1:``port``."""
    plan = page_plan(port, curve, tls=tls, sending=sending, drain_seconds=drain_seconds, path=path)
    with tempfile.TemporaryDirectory() as name:
        seconds = Path(name) / "seconds.jsonl"
        with generating(plan, Path(name), pin=pin) as generator:
            largest, cpu = 0, []
            for _ in generator.seconds():
                largest = max(largest, _rss(generator.pid))
                cpu.append((time.monotonic(), _cpu_seconds(generator.pid)))
        lines = tuple(read_seconds(seconds))
        return _sent(lines, curve.duration_seconds, largest, _slope(cpu))


def page_plan(
    port: int,
    curve: RateCurve,
    *,
    tls: bool = False,
    sending: Sending = ALONE,
    drain_seconds: float = 5.0,
    path: str = "/small.html",
) -> Plan:
    """Visitors of one page on 127.0.0.1:``port``."""
    journey = Journey(name="page", steps=(Step(name="page", method="GET", path="{landing}"),))
    stream = Stream(origin="benchmark", curve=curve, landing=path, journey=(("page", 1.0),))
    host = Host(
        name="benchmark",
        scheme="https" if tls else "http",
        hostname="localhost" if tls else "127.0.0.1",
        port=port,
        addresses=("127.0.0.1",),
        tls=Tls(verify=False),
    )
    return Plan(
        id="benchmark",
        kind=RunKind.LOAD,
        seed=1,
        profile=Profile(streams=(stream,), duration_seconds=curve.duration_seconds),
        journeys=(journey,),
        hosts=(host,),
        objectives=Objectives(),
        created="",
        tool_version="",
        sending=sending,
        drain_seconds=drain_seconds,
    )


@contextmanager
def generating(plan: Plan, folder: Path, *, pin: bool) -> Iterator[GeneratorProcess]:
    """The plan's generator at work; its lines go to ``seconds.jsonl`` in ``folder``."""
    plan.write(folder / "plan.json")
    with GeneratorProcess(folder, folder / "seconds.jsonl") as generator:
        if pin:
            os.sched_setaffinity(generator.pid, GENERATOR_CPU)
        yield generator


def _sent(lines: tuple[Second, ...], duration: float, rss: int, generator_cpu_ratio: float) -> Sent:
    record = Record(lines)
    planned, started = record.planned.total(), record.started.total()
    lag = Histogram.merged(h for parts in record.lags.values() for h in parts)
    latency = Histogram.merged(a.latency for a in record.of())
    busy = [line for line in lines if 1 <= line.second < duration] or lines
    return Sent(
        started_ratio=started / max(planned, 1),
        lag_p99_seconds=lag.quantile(0.99) or 0.0,
        latency_p99_seconds=latency.quantile(0.99) or 0.0,
        first_second_ratio=record.started[0] / max(record.planned[0], 1),
        cpu_per_arrival_seconds=sum(line.cpu_ratio for line in busy)
        / max(sum(sum(line.started.values()) for line in busy), 1),
        started=started,
        failed=record.failed.total(),
        completed_per_second=median(line.completed for line in busy),
        in_flight=int(median(line.in_flight for line in busy)),
        generator_cpu_ratio=generator_cpu_ratio,
        rss_bytes=rss,
    )


def _slope(cpu: list[tuple[float, float]]) -> float:
    """Processor seconds per second between the first look and the last that found the process alive."""
    alive = [(at, used) for at, used in cpu if used]
    (began, before), (ended, after) = alive[0], alive[-1]
    return (after - before) / max(ended - began, 1e-3)


def _cpu_seconds(pid: int) -> float:
    """What a process has used so far; 0 once it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rss(pid: int) -> int:
    """The largest resident memory so far, as the kernel remembers it: looking now and then would miss the height."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


LOCUSTFILE = """
from locust import FastHttpUser, constant_throughput, task
class Visitor(FastHttpUser):
    {wait}
    @task
    def page(self):
        self.client.get("{path}")
"""


def locust_fast(port: int, *, users: int, each_per_second: float | None = None, seconds: int = 8) -> float:
    """Requests/s that Locust's FastHttpUser completes: as fast as it can, or each user paced."""
    wait = f"wait_time = constant_throughput({each_per_second})" if each_per_second else ""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "locustfile.py"
        file.write_text(LOCUSTFILE.format(wait=wait, path="/small.html"))
        done = subprocess.run(
            ["taskset", "-c", "0", sys.executable, "-m", "locust", "-f", str(file), "--headless", "--json"]
            + ["-u", str(users), "-r", str(users), "-t", f"{seconds + 2}s", "-H", f"http://127.0.0.1:{port}"],
            capture_output=True,
            text=True,
            check=False,
        )
        entry = json.loads(done.stdout)[0]
        by_second = entry["num_reqs_per_sec"]
        # The first and the last seconds are not whole.
        whole = sorted(by_second.items())[2:-1]
        return float(sum(n for _, n in whole) / max(len(whole), 1))


def locust_waiting_bytes(port: int, users: int) -> int:
    """Locust's resident memory with so many users that all wait for an answer."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "locustfile.py"
        file.write_text(LOCUSTFILE.format(wait="connection_timeout = network_timeout = 60", path="/"))
        locust = subprocess.Popen(
            [sys.executable, "-m", "locust", "-f", str(file), "--headless", "-u", str(users), "-r", "1000"]
            + ["-H", f"http://127.0.0.1:{port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            time.sleep(users / 1000 + 12)
            return _rss(locust.pid)
        finally:
            locust.kill()
            locust.wait()


def wrk(port: int, *, seconds: int = 5) -> float | None:
    """Requests/s of wrk with 50 connections, closed: what server and kernel can do. None where it is not installed."""
    if shutil.which("wrk") is None:
        return None
    url = f"http://127.0.0.1:{port}/small.html"
    done = subprocess.run(
        ["taskset", "-c", "0", "wrk", "-t1", "-c50", f"-d{seconds}s", url], capture_output=True, text=True, check=True
    )
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    return float(found[1]) if found else None


def bare_handshakes(port: int, *, at_once: int, seconds: float = 4.0) -> float:
    """TLS handshakes/s of a bare loop over the same ``ssl`` on gevent's sockets, with so many in flight."""
    words = ["taskset", "-c", "0", sys.executable, "-m", "benchmarks.handshakes"]
    done = subprocess.run(
        [*words, str(port), str(at_once), str(seconds)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return float(done.stdout)
