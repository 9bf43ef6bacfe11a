"""Several files into one folder, each whole or not there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from spikekit.errors import UsageError


def write_files(folder: Path, files: Iterable[tuple[Path, str]]) -> list[str]:
    """Write each text at its path below ``folder``, which is made where needed; returns where they are.

    Raises ``UsageError`` for a place that cannot be written.
    """
    from spikekit.history.atomic import write_atomically

    written = []
    for path, text in files:
        file = folder / path
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot write {file}: {error.strerror}", hint="name another folder") from error
        write_atomically(file, text)
        written.append(str(file))
    return written
