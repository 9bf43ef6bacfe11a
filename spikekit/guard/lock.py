"""One run at a time on a target, whatever project or terminal it comes from."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO

from spikekit.errors import Refused


class TargetLock:
    """Every place a run goes to, held until its last holder ends: ``filenos`` are passed on to the generator.

    ``with TargetLock(places): …``, each place an address and a port, raises ``Refused`` while somebody else holds one.
    Names are no good for this: ``localhost`` and ``127.0.0.1`` are one server.
    """

    def __init__(self, places: Iterable[tuple[str, int]], folder: Path | None = None) -> None:
        self._places = sorted(set(places))
        self._folder = folder or Path(tempfile.gettempdir()) / f"spikekit-{os.getuid()}"
        self._files: list[IO[str]] = []

    def __enter__(self) -> TargetLock:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._folder.is_symlink() or self._folder.stat().st_uid != os.getuid():
            # Anybody may make a folder of that name in a shared place, and put links to our own files into it.
            raise Refused(
                f"{self._folder} belongs to somebody else", hint="remove it, or set TMPDIR to a folder of yours"
            )
        try:
            for address, port in self._places:
                self._files.append(self._locked(f"[{address}]:{port}" if ":" in address else f"{address}:{port}"))
        except BaseException:
            self._release()
            raise
        return self

    def _locked(self, what: str) -> IO[str]:
        name = hashlib.sha256(what.encode()).hexdigest()[:16]
        file = (self._folder / f"{name}.lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip()
            file.close()
            raise Refused(
                f"another run is loading {what}" + (f" (process {holder})" if holder else ""),
                hint="one run at a time on a target: wait for it, or stop it",
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        return file

    def filenos(self) -> tuple[int, ...]:
        """The descriptors to pass on."""
        return tuple(file.fileno() for file in self._files)

    def _release(self) -> None:
        for file in self._files:
            file.close()
        self._files.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()
