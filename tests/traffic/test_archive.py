"""Finished logs are replayed in the order of their times, packed or not."""

from __future__ import annotations

import bz2
import gzip
import importlib.util
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from spikekit.errors import UsageError
from spikekit.traffic.archive import format_of, replayed
from tests.traffic.lines import line


def replay(*paths: Path) -> list[bytes]:
    """All lines in the order they come."""
    return [text for block in replayed(paths, format_of(paths)) for text in block.lines.splitlines(keepends=True)]


def lines(first: int, last: int, step: int = 1, **more: str) -> bytes:
    return "".join(line(at=at, **more) for at in range(first, last, step)).encode()


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_log_is_read_as_it_was_whatever_its_name(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "access.log.2"
    path.write_bytes(pack(lines(0, 50)))
    assert b"".join(replay(path)) == lines(0, 50)


def test_rotated_logs_come_in_the_order_of_their_times(tmp_path: Path) -> None:
    parts = {"access.log": (40, 60), "access.log.1": (20, 40), "access.log.2.gz": (0, 20)}
    for name, (first, last) in parts.items():
        data = lines(first, last)
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    assert b"".join(replay(*(tmp_path / name for name in parts))) == lines(0, 60)


def test_logs_of_two_servers_come_side_by_side(tmp_path: Path) -> None:
    count = 3_000
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(lines(0, count, address=name))
    order = [text[12:30] + text[:1] for text in replay(tmp_path / "a", tmp_path / "b")]
    assert len(order) == 2 * count
    halves = {name: [i for i, text in enumerate(order) if text.endswith(name)] for name in (b"a", b"b")}
    apart = max(abs(first - second) for first, second in zip(halves[b"a"], halves[b"b"], strict=True))
    assert apart < count


def test_an_archive_that_breaks_off_counts_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "access.log.gz"
    whole = lines(0, 5_000)
    packed = gzip.compress(whole)
    path.write_bytes(packed[: len(packed) // 2])
    found = b"".join(replay(path)).rstrip(b"\n")
    assert found
    assert whole.startswith(found)


def test_a_last_line_without_an_end_is_a_line(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(lines(0, 2).rstrip(b"\n"))
    assert len(replay(path)) == 2


@pytest.mark.parametrize(("content", "words"), [(b"", "empty"), (b"hello\n", "no known format"), (None, "cannot read")])
def test_a_log_that_cannot_be_read_is_said_in_words(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "access.log"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=words):
        replay(path)


def test_zstd_is_unpacked_or_the_way_round_is_told(tmp_path: Path) -> None:
    path = tmp_path / "access.log.zst"
    # An empty frame.
    path.write_bytes(bytes.fromhex("28b52ffd2000010000"))
    knows = importlib.util.find_spec("compression") is not None
    with pytest.raises(UsageError, match="empty" if knows else "zstdcat|zstd, which"):
        replay(path)
