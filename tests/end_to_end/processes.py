"""Looking at the processes of a running command."""

from __future__ import annotations

import time
from pathlib import Path


def children_of(pid: int) -> list[int]:
    """The processes that any thread of ``pid`` started, oldest first."""
    found = (int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split())
    return sorted(found)


def wait_until_gone(pid: int, *, patience_seconds: float = 10) -> None:
    """Return when the process has ended (or is a zombie nobody waited for)."""
    until = time.monotonic() + patience_seconds
    while time.monotonic() < until:
        status = Path(f"/proc/{pid}/status")
        if not status.exists() or "State:\tZ" in status.read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"process {pid} did not end")


def wait_for_seconds(folder: Path, number: int, *, patience_seconds: float = 120) -> list[str]:
    """The lines of a run (or of trials) below ``folder`` once they tell of so many seconds: the generator's clock."""
    until = time.monotonic() + patience_seconds
    while time.monotonic() < until:
        lines = [line for f in folder.glob(".spikekit/runs/**/seconds.jsonl") for line in f.read_text().splitlines()]
        if any(f'"second": {number - 1},' in line for line in lines):
            return lines
        time.sleep(0.05)
    raise AssertionError(f"fewer than {number} seconds were measured")
