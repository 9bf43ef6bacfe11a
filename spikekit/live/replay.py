"""Finished logs → a watch, as if they had been followed while they were written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from spikekit.live.watch import Watch
from spikekit.live.watched import Watched
from spikekit.traffic.archive import first_second, format_of, replayed
from spikekit.traffic.format import LineFormat


def replay(
    paths: Sequence[Path],
    watched: Watched,
    *,
    line_format: LineFormat | None = None,
    progress: Callable[[int], None] = lambda _lines: None,
) -> Watch:
    """Watch finished logs, also compressed ones. ``progress`` hears how many lines were read.

    Raises ``UsageError`` for logs that cannot be read, or have not a line of the format.
    """
    line_format = line_format or format_of(paths)
    watch = Watch(watched, line_format)
    for block in replayed(paths, line_format):
        # Blocks come in the order of their first lines: nothing before this one's can follow.
        settled = first_second(block.lines, line_format)
        if settled is not None:
            settled = min(settled, watch.tally.latest or settled)
            watch.count(settled)
            watch.settle(settled)
        watch.read(block)
        progress(watch.tally.lines)
    watch.count()
    if watch.tally.unread is not None:
        raise watch.tally.unread
    if watch.tally.latest is not None:
        watch.settle(watch.tally.latest + 1)
    return watch
