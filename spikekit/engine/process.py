"""The user's side of a generator: starts it, renews its lease, reads what it measures, stops it.

Importing Locust would patch this process's sockets and clocks, so the generator lives in one of its own. Its lines are
on disk before anyone reads them: killing this process loses nothing that was measured.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from spikekit.engine.admission import Admission
from spikekit.engine.lease import RENEW_SECONDS
from spikekit.measurement.second import Second, second_of
from spikekit.vocabulary import ExitCode

RENEW, STOP = b"r", b"s"
LOG_FILE = "generator.log"
_READ_EVERY_SECONDS = 0.1
_STOP_WITHIN_SECONDS = 3.0
_HUNG_SECONDS = 15.0
"""A generator writes a line a second; one silent for so long hangs."""

_SILENT_AT_FIRST_SECONDS = 150.0
"""Before its first line it may wait a minute or two for workers of other hosts."""


class LeasedProcess:
    """A child in a session of its own whose lease is renewed for as long as the ``with`` block lasts.

    Leaving the block stops it. ``keep_open`` are descriptors (a lock's) that live as long as the child does.
    """

    def __init__(self, words: Sequence[str], *, output: IO[bytes] | None = None, keep_open: Sequence[int] = ()) -> None:
        self._words = [sys.executable, "-m", "spikekit.engine.generator", *words]
        self._output = output
        self._keep_open = tuple(keep_open)
        self._ended = threading.Event()
        self._renewing = threading.Thread(target=self._renew, name="lease", daemon=True)
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        # A session of its own: Ctrl-C in the terminal reaches us alone, and we tell the generator.
        self._child = subprocess.Popen(
            self._words,
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,
            pass_fds=self._keep_open,
        )
        self._renewing.start()
        return self

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """``None`` while it runs; negative when a signal ended it."""
        return self._process.poll()

    def wait(self) -> int:
        """Its exit code, once it has ended by itself."""
        return self._process.wait()

    def stop(self) -> None:
        """Ask for the end: no request is sent any more, and the last line is written within a second or so."""
        self._say(STOP)

    def finish(self) -> None:
        """Stop it if it still runs and wait until it is gone; impatience (a second Ctrl-C) changes nothing."""
        deadline = time.monotonic() + _STOP_WITHIN_SECONDS
        self.stop()
        while self._process.poll() is None:
            with contextlib.suppress(KeyboardInterrupt):
                if time.monotonic() > deadline:
                    self._process.kill()
                time.sleep(0.02)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish()
        self._ended.set()
        self._renewing.join()
        if self._process.stdin is not None:
            self._process.stdin.close()

    @property
    def _process(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            raise ValueError("the generator was not started")
        return self._child

    def _renew(self) -> None:
        while not self._ended.wait(RENEW_SECONDS):
            self._say(RENEW)

    def _say(self, word: bytes) -> None:
        pipe = self._process.stdin
        if pipe is not None and not pipe.closed:
            with contextlib.suppress(OSError):
                os.write(pipe.fileno(), word)


class GeneratorProcess(LeasedProcess):
    """``with GeneratorProcess(folder, seconds_file) as generator: for second in generator.seconds(): …``

    ``folder`` holds the plan; the lines go to ``seconds_file`` in it.
    """

    def __init__(self, folder: Path, seconds_file: Path, *, keep_open: Sequence[int] = ()) -> None:
        self._log_file = folder / LOG_FILE
        self._seconds_file = seconds_file
        seconds_file.touch()
        super().__init__([str(folder)], output=self._log_file.open("ab"), keep_open=keep_open)

    def __enter__(self) -> Self:
        super().__enter__()
        if self._output is not None:
            self._output.close()
        return self

    def seconds(self) -> Iterator[Second]:
        """Every line as it is written, until the generator has ended and all is read; one that hangs is killed."""
        with self._seconds_file.open(encoding="utf-8") as file:
            rest, heard, patience = "", time.monotonic(), _SILENT_AT_FIRST_SECONDS
            while True:
                ended = self._process.poll() is not None
                rest += file.read()
                *lines, rest = rest.split("\n")
                for line in lines:
                    yield second_of(line)
                if ended:
                    return
                if lines:
                    heard, patience = time.monotonic(), _HUNG_SECONDS
                    continue
                if time.monotonic() - heard > patience:
                    self._process.kill()
                time.sleep(_READ_EVERY_SECONDS)

    def log(self) -> str:
        """The end of what the generator complained about."""
        with contextlib.suppress(OSError):
            return self._log_file.read_text(errors="replace")[-2000:].strip()
        return ""


def join_run(host: str, port: int, admission: Admission) -> int:
    """Lend this machine to the run that a master at ``host``:``port`` leads; returns the worker's exit code.

    Ctrl-C ends the loan within a second.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "admission.json"
        admission.write(file)
        with LeasedProcess(["--member", host, str(port), str(file)]) as worker:
            try:
                return worker.wait()
            except KeyboardInterrupt:
                return ExitCode.INTERRUPTED
