"""Growing logs are followed: every line once, through rotation, truncation and our own death."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.errors import UsageError
from spikekit.traffic.block import LONGEST_LINE, Cutter
from spikekit.traffic.follow import LINGER_SECONDS, Follower
from spikekit.traffic.stream import Stream


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def lines(follower: Follower) -> list[str]:
    """The lines of one look."""
    return b"".join(block.lines for block in follower.poll()).decode("utf-8", "replace").splitlines()


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


Follow = Callable[..., Follower]


@pytest.fixture
def follow(log: Path) -> Iterator[Follow]:
    """``follow(after=follower, …)`` follows the log; from the state of another follower, as after a restart."""
    with ExitStack() as stack:

        def begin(*, after: Follower | None = None, **how: Any) -> Follower:
            follower = stack.enter_context(Follower([log], **how))
            if after:
                follower.restore(json.loads(json.dumps(after.state())))
            return follower

        yield begin


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


def test_what_was_there_before_is_left_out_unless_asked_for(log: Path, follow: Follow) -> None:
    log.write_text("old\n")
    new, whole = follow(), follow(from_start=True)
    append(log, "new\n")
    assert lines(new) == ["new"]
    assert lines(whole) == ["old", "new"]


def test_a_log_that_does_not_exist_yet_is_waited_for_and_read_from_its_start(log: Path, follow: Follow) -> None:
    follower = follow()
    assert lines(follower) == []
    assert follower.missing == (log,)
    append(log, "first\n")
    assert lines(follower) == ["first"]
    assert follower.missing == ()


def test_half_a_line_waits_for_its_other_half(log: Path, follow: Follow) -> None:
    follower = follow()
    append(log, "one\ntw")
    assert lines(follower) == ["one"]
    append(log, "o\nthree\n")
    assert lines(follower) == ["two", "three"]


def test_half_a_line_at_the_beginning_is_not_taken_for_a_line(log: Path, follow: Follow) -> None:
    log.write_text("hal")
    follower = follow()
    append(log, "f\nwhole\n")
    assert lines(follower) == ["whole"]


def test_a_renamed_log_is_read_to_its_end_before_the_new_one(log: Path, follow: Follow) -> None:
    follower = follow()
    append(log, "1\n")
    assert lines(follower) == ["1"]
    append(log, "2\n")
    log.rename(log.with_name("access.log.1"))
    append(log, "3\n")
    assert lines(follower) == ["2", "3"]


def test_a_worker_that_still_writes_to_the_renamed_log_is_heard_for_a_while(log: Path, follow: Follow) -> None:
    clock = Clock()
    follower = follow(clock=clock)
    append(log, "1\n")
    lines(follower)
    rotated = log.rename(log.with_name("access.log.1"))
    append(log, "2\n")
    assert lines(follower) == ["2"]
    append(rotated, "late\n")
    assert lines(follower) == ["late"]
    append(rotated, "without an end")
    lines(follower)
    clock.now = LINGER_SECONDS
    assert lines(follower) == []
    clock.now = 2 * LINGER_SECONDS
    assert lines(follower) == ["without an end"]
    append(rotated, " too late\n")
    assert lines(follower) == []


def test_logs_that_came_and_went_between_two_looks_are_read_too(log: Path, follow: Follow) -> None:
    follower = follow()
    append(log, "0\n")
    lines(follower)
    for number in range(1, 5):
        for old in range(number, 0, -1):
            path = log.with_name(f"access.log.{old}")
            if path.exists():
                path.rename(log.with_name(f"access.log.{old + 1}"))
        log.rename(log.with_name("access.log.1"))
        append(log, f"{number}\n")
    assert sorted(lines(follower)) == ["1", "2", "3", "4"]
    assert lines(follower) == []


def test_a_log_that_is_copied_and_cut_loses_nothing_that_is_in_the_copy(log: Path, follow: Follow) -> None:
    follower = follow()
    append(log, "first line\n")
    assert lines(follower) == ["first line"]
    append(log, "unread\n")
    shutil.copy(log, log.with_name("access.log.1"))
    os.truncate(log, 0)
    append(log, "after\n")
    assert lines(follower) == ["unread", "after"]
    assert follower.lost == 0


def test_a_log_that_was_cut_and_grew_beyond_where_we_were_is_noticed(log: Path, follow: Follow) -> None:
    follower = follow()
    append(log, "short\n")
    lines(follower)
    log.write_text("a quite different and much longer first line\nsecond\n")
    assert lines(follower) == ["a quite different and much longer first line", "second"]
    assert follower.lost == 1


def test_a_line_that_is_far_too_long_is_left_out_and_counted(log: Path, follow: Follow) -> None:
    follower = follow()
    append(log, "a\n" + "x" * (3 * LONGEST_LINE))
    first = list(follower.poll())
    append(log, "y" * LONGEST_LINE + "\nb\n")
    blocks = first + list(follower.poll())
    assert b"".join(block.lines for block in blocks) == b"a\nb\n"
    assert sum(block.too_long for block in blocks) == 1


@given(sizes=st.lists(st.integers(0, 2 * LONGEST_LINE), min_size=1, max_size=6), step=st.integers(1, 200_000))
def test_long_lines_are_left_out_however_they_are_cut(sizes: list[int], step: int) -> None:
    text = b"".join(b"z" * size + b"\n" for size in sizes)
    cutter, kept, too_long = Cutter(), b"", 0
    for start in range(0, len(text), step):
        lines, left_out = cutter.cut(text[start : start + step])
        kept, too_long = kept + lines, too_long + left_out
    short = [line for line in text.splitlines(keepends=True) if len(line) <= LONGEST_LINE]
    assert kept == b"".join(short)
    assert too_long == len(sizes) - len(short)
    assert cutter.used == len(text)


def test_a_restart_goes_on_where_the_state_was_saved(log: Path, follow: Follow) -> None:
    follower = follow()
    append(log, "1\n2")
    assert lines(follower) == ["1"]
    append(log, "2\n3\n")
    assert lines(follow(after=follower)) == ["22", "3"]


def test_a_restart_finds_the_log_where_it_was_rotated_to(log: Path, follow: Follow) -> None:
    follower = follow()
    append(log, "1\n")
    lines(follower)
    append(log, "2\n")
    log.rename(log.with_name("access.log.1"))
    append(log, "3\n")
    assert lines(follow(after=follower)) == ["2", "3"]


def test_a_restart_finds_the_log_packed(log: Path, follow: Follow) -> None:
    follower = follow()
    append(log, "1 the first line\n")
    lines(follower)
    append(log, "2\n")
    with gzip.open(log.with_name("access.log.1.gz"), "wb") as packed:
        packed.write(log.read_bytes())
    log.unlink()
    append(log, "3\n")
    restarted = follow(after=follower)
    assert lines(restarted) == ["2", "3"]
    assert restarted.lost == 0


def test_a_restart_without_the_old_log_says_that_lines_may_be_missing(log: Path, follow: Follow) -> None:
    follower = follow()
    append(log, "1\n")
    lines(follower)
    log.unlink()
    append(log, "another beginning\n")
    restarted = follow(after=follower)
    assert lines(restarted) == ["another beginning"]
    assert restarted.lost == 1


def test_a_folder_is_not_followed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a file"):
        Follower([tmp_path])


WATCHER = """
import json, os, sys
from pathlib import Path
from spikekit.traffic.follow import Follower
log, saved = Path(sys.argv[1]), Path(sys.argv[2])
follower, counts = Follower([log], from_start=True), {}
if saved.exists():
    state = json.loads(saved.read_text())
    follower.restore(state["follower"])
    counts = state["counts"]
def save():
    new = saved.with_suffix(".new")
    new.write_text(json.dumps({"follower": follower.state(), "counts": counts}))
    new.replace(saved)
save()
print("ready", flush=True)
while sum(counts.values()) < int(sys.argv[3]):
    for block in follower.poll():
        for line in block.lines.split():
            counts[line.decode()] = counts.get(line.decode(), 0) + 1
        save()
        print("counted", flush=True)
"""


def test_a_watcher_killed_again_and_again_while_logs_rotate_in_a_burst_counts_every_line_once(
    log: Path, tmp_path: Path
) -> None:
    saved, number = tmp_path / "state.json", 0

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", WATCHER, str(log), str(saved), "6000"], stdout=subprocess.PIPE, text=True
        )

    for burst in range(6):
        watcher = start()
        assert watcher.stdout is not None
        watcher.stdout.readline()
        for rotation in range(5):
            append(log, "".join(f"{i}\n" for i in range(number, number + 200)))
            number += 200
            if rotation == 2:
                watcher.stdout.readline()
            log.rename(log.with_name(f"access.log.{burst}.{rotation}"))
            append(log, "")
        watcher.send_signal(signal.SIGKILL)
        watcher.wait(10)
        watcher.stdout.close()
    with start() as last:
        last.communicate(timeout=60)
    counts = json.loads(saved.read_text())["counts"]
    assert counts == {str(i): 1 for i in range(6000)}


def test_a_pipe_is_read_as_it_comes_and_its_end_is_known() -> None:
    source, sink = os.pipe()
    stream = Stream(source)
    assert list(stream.poll()) == []
    os.write(sink, b"one\ntw")
    assert [block.lines for block in stream.poll()] == [b"one\n"]
    os.write(sink, b"o\nlast")
    os.close(sink)
    assert [block.lines for block in stream.poll()] == [b"two\n", b"last\n"]
    assert stream.ended
    os.close(source)
