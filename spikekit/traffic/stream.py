"""Lines that somebody pipes to us: ``kubectl logs -f``, ``journalctl -o cat -f``, a CDN's stream."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from typing import Any

from spikekit.traffic.block import BLOCK_BYTES, Block, Cutter


class Stream:
    """Reads a pipe as the follower reads files. ``ended``: nobody writes to it any more.

    What was read from a pipe cannot be read again, so there is no state to go on from.
    """

    nothing_yet = "nothing came through the pipe: does what writes it run, and write lines at once?"

    def __init__(self, descriptor: int, *, number: int = 0) -> None:
        self.ended = False
        self._descriptor, self._number = descriptor, number
        self._cutter = Cutter()

    def poll(self, wait_seconds: float = 0.0) -> Iterator[Block]:
        """The blocks of whole lines that are there now; for the first byte it waits so long at most."""
        while not self.ended and select.select([self._descriptor], [], [], wait_seconds)[0]:
            wait_seconds = 0.0
            data = os.read(self._descriptor, BLOCK_BYTES)
            lines, too_long = self._cutter.cut(data)
            if not data:
                self.ended, lines = True, self._cutter.end()
            if lines or too_long:
                yield Block(log=self._number, lines=lines, too_long=too_long)

    def state(self) -> dict[str, Any]:
        return {}
