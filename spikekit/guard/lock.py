"""One run at a time on a target, whatever project or terminal it comes from."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import urlsplit

from spikekit.errors import Refused


class TargetLock:
    """A lock that ends with its last holder: ``fileno`` is passed on to the generator, so that it lasts as long as it.

    ``with TargetLock(url): …`` raises ``Refused`` while somebody else holds it.
    """

    def __init__(self, url: str, folder: Path | None = None) -> None:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        self._what = f"{parts.hostname}:{port}"
        name = hashlib.sha256(self._what.encode()).hexdigest()[:16]
        self._folder = folder or Path(tempfile.gettempdir()) / f"spikekit-{os.getuid()}"
        self._path = self._folder / f"{name}.lock"
        self._file: IO[str] | None = None

    def __enter__(self) -> TargetLock:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._folder.is_symlink() or self._folder.stat().st_uid != os.getuid():
            # Anybody may make a folder of that name in a shared place, and put links to our own files into it.
            raise Refused(
                f"{self._folder} belongs to somebody else", hint="remove it, or set TMPDIR to a folder of yours"
            )
        self._file = self._path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.seek(0)
            holder = self._file.read().strip()
            self._file.close()
            raise Refused(
                f"another run is loading {self._what}" + (f" (process {holder})" if holder else ""),
                hint="one run at a time on a target: wait for it, or stop it",
            ) from error
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()
        return self

    def fileno(self) -> int:
        """The descriptor to pass on."""
        if self._file is None:
            raise ValueError("the lock is not held")
        return self._file.fileno()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
