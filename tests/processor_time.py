"""What a command costs the processor."""

from __future__ import annotations

import resource
import subprocess
import sys


def processor_seconds(*command: str) -> float:
    """User and system time of a process of Python; other work on the machine hardly moves it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
