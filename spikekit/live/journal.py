"""The state of a watch on disk, whole or not there: what was killed goes on from it and reads the rest again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from spikekit.history.atomic import write_atomically

FOLDER = "live"
VERSION = 2


class Journal:
    """Where the watch of these logs is kept: beside the runs, by the logs' full paths."""

    def __init__(self, state: Path, logs: Sequence[Path]) -> None:
        mark = sha256("\n".join(sorted(str(log.resolve()) for log in logs)).encode()).hexdigest()[:12]
        self.path = state / FOLDER / f"{mark}.json"

    def read(self) -> dict[str, Any] | None:
        """What was saved last; ``None`` when there is nothing, or nothing that can be used."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) and found.get("version") == VERSION else None

    def save(self, state: dict[str, Any]) -> None:
        """Put the state on the disk. Raises ``UsageError`` where it cannot be written."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self.path, json.dumps({"version": VERSION, **state}))
