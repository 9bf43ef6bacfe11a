"""Files that are either whole or not there, whatever happens in between."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from spikekit.errors import UsageError

ORDINARY_MODE = 0o666
"""Temporary files are private; what they become is as any file the user makes."""


def write_atomically(path: Path, text: str, *, option: str = "--state") -> None:
    """Put ``text`` (UTF-8) at ``path``: written beside it, flushed to the disk, then renamed over it.

    Characters that UTF-8 cannot hold become ``?``. Raises ``UsageError`` when the place cannot be written or the
    disk is full; what was at ``path`` before is then still there. ``option`` is the one that leads to the place.
    """
    try:
        _write(path, text.encode("utf-8", "replace"))
    except OSError as error:
        raise unwritable(path, error, option=option) from error


def unwritable(path: Path, error: OSError, *, option: str = "--state") -> UsageError:
    """What to tell someone whose disk says no; ``option`` is the one that names another place."""
    elsewhere = f"choose another place with {option} {'DIR' if option == '--state' else 'FILE'}"
    room = ", or make room there" if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
    return UsageError(f"cannot write {path}: {error.strerror or error}", hint=f"{elsewhere}{room}")


def _write(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(ORDINARY_MODE & ~umask)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    # The rename itself is on the disk only when its folder is.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
