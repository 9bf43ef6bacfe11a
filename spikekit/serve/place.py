"""Where a project lives, and whether anything in it changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from spikekit.gate.kept import KEPT_NAME
from spikekit.history.folder import run_folders
from spikekit.history.known import Known
from spikekit.review.store import PAST_NAME, past_results

_SUFFIXES = (".yaml", ".yml", ".csv")
"""Files of people: campaigns, the site, the curves and rows they name."""

Fingerprint = frozenset[tuple[str, int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A project: its site's file, its state folder, the gate's document, and the seed of every draw."""

    site_file: Path
    state: Path
    seed: int
    gate_file: Path | None = None

    @property
    def folder(self) -> Path:
        return self.site_file.parent

    @property
    def gate(self) -> Path:
        """The file that the gate's document may be in."""
        return self.gate_file or self.state / KEPT_NAME

    def known(self) -> Known:
        """What every answer is looked for in, now."""
        return Known(
            site_file=self.site_file,
            state=self.state,
            now=datetime.now(UTC),
            past=past_results(self.state),
            seed=self.seed,
        )

    def fingerprint(self) -> Fingerprint:
        """Equal as long as no file that any number depends on was written, added or removed."""
        return frozenset(mark for file in self._files() if (mark := _mark(file)) is not None)

    def _files(self) -> Iterator[Path]:
        yield self.site_file
        yield self.gate
        for file in self.folder.rglob("*"):
            hidden = any(part.startswith(".") for part in file.relative_to(self.folder).parts)
            if file.suffix in _SUFFIXES and not hidden:
                yield file
        yield from (folder.document_file for folder in run_folders(self.state))
        yield from (self.state / PAST_NAME).glob("*.json")


def _mark(file: Path) -> tuple[str, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return str(file), found.st_mtime_ns, found.st_size
