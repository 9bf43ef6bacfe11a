"""A shop in a process of its own, for as long as a ``with`` block lasts: for the demo and the tests."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from types import TracebackType
from typing import Any
from urllib.request import ProxyHandler, build_opener

from spikekit.shop.settings import Settings

_READY = "listening on "
STOP_SECONDS = 5.0
"""How long an ended shop may take before it is killed; it has nothing to finish."""

# A proxy of the user's environment must never see requests to 127.0.0.1.
_opener = build_opener(ProxyHandler({}))


class ShopProcess:
    """Starts the shop, waits until it listens, ends it by its own pid. It ends by itself if this process dies.

    >>> with ShopProcess(Settings(slots=40, service_seconds=0.05)) as shop:
    ...     shop.url, shop.truth()["received"]

    Raises ``RuntimeError`` with the shop's own words when it cannot start.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("the shop is not open")
        return self._process.pid

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def truth(self) -> dict[str, Any]:
        """What the shop itself has counted so far (``GET /_truth``)."""
        with _opener.open(f"{self.url}/_truth", timeout=30) as answer:
            counts: dict[str, Any] = json.load(answer)
        return counts

    def start(self) -> None:
        """Open the shop; returns when it listens."""
        command = [sys.executable, "-m", "spikekit.shop", *self.settings.arguments(), "--with-parent"]
        with tempfile.TemporaryFile("w+") as errors:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                # Ctrl-C in a terminal is for whoever opened the shop, who then closes it.
                start_new_session=True,
            )
            assert self._process.stdout is not None
            line = self._process.stdout.readline()
            if not line.startswith(_READY):
                self.stop()
                errors.seek(0)
                raise RuntimeError(errors.read().strip() or "the shop ended before it listened")
        self.url = line.removeprefix(_READY).strip()

    def stop(self) -> None:
        """Close the shop; nothing happens when it is closed already."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> ShopProcess:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
