"""One run at a time on a target, across processes, and freed with the last of them."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from spikekit.errors import Refused
from spikekit.guard.lock import TargetLock

PLACES = [("127.0.0.1", 8080)]

HOLD = """
import subprocess, sys
from pathlib import Path
from spikekit.guard.lock import TargetLock
with TargetLock([("127.0.0.1", 8080)], Path(sys.argv[1])) as lock:
    if sys.argv[2] == "child":
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=0, pass_fds=lock.filenos())
        print(child.pid, flush=True)
    else:
        print(0, flush=True)
    sys.stdin.readline()
"""


def _holder(folder: Path, what: str = "alone") -> tuple[subprocess.Popen[str], int]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), what], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    return holder, int(holder.stdout.readline())


def _end(holder: subprocess.Popen[str]) -> None:
    for pipe in (holder.stdin, holder.stdout):
        assert pipe is not None
        pipe.close()
    holder.wait(10)


def test_a_second_run_is_refused_and_told_who_holds_the_target(tmp_path: Path) -> None:
    holder, _ = _holder(tmp_path)
    try:
        with pytest.raises(Refused, match=f"127.0.0.1:8080 \\(process {holder.pid}\\)"), TargetLock(PLACES, tmp_path):
            pass
    finally:
        _end(holder)


def test_a_killed_run_frees_its_target(tmp_path: Path) -> None:
    holder, _ = _holder(tmp_path)
    holder.send_signal(signal.SIGKILL)
    holder.wait(10)
    with TargetLock(PLACES, tmp_path):
        pass
    _end(holder)


def test_a_target_stays_locked_while_a_killed_run_s_generator_still_lives(tmp_path: Path) -> None:
    holder, generator = _holder(tmp_path, "child")
    holder.send_signal(signal.SIGKILL)
    holder.wait(10)
    with pytest.raises(Refused), TargetLock(PLACES, tmp_path):
        pass
    gone = os.pidfd_open(generator)
    _end(holder)  # closes the generator's input: it ends
    try:
        assert select.select([gone], [], [], 10)[0]
    finally:
        os.close(gone)
    with TargetLock(PLACES, tmp_path):
        pass


def test_a_target_is_free_again_after_the_run(tmp_path: Path) -> None:
    for _ in range(2):
        with TargetLock(PLACES, tmp_path):
            pass


def test_every_place_of_a_run_is_held_and_another_port_is_another(tmp_path: Path) -> None:
    """A run that shares one address with another is refused, and then holds none of its own."""
    with TargetLock([("10.0.0.1", 80), ("10.0.0.2", 80)], tmp_path):
        with pytest.raises(Refused), TargetLock([("10.0.0.0", 80), ("10.0.0.2", 80)], tmp_path):
            pass
        with TargetLock([("10.0.0.0", 80), ("10.0.0.2", 443)], tmp_path) as lock:
            assert len(lock.filenos()) == 2


def test_a_folder_that_is_only_a_link_is_not_trusted(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "locks").symlink_to(tmp_path / "theirs")
    with pytest.raises(Refused, match="somebody else"), TargetLock(PLACES, tmp_path / "locks"):
        pass
    assert list((tmp_path / "theirs").iterdir()) == []
