"""What ``spikekit gate`` was asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from spikekit.history.state import state_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The command line as it was typed."""

    campaigns: tuple[Path, ...]
    evidence_paths: tuple[Path, ...]
    within: float
    max_age: float
    label: str | None
    target: str | None
    min_survival: float | None
    waive: tuple[str, ...]
    reason: tuple[str, ...]
    until: tuple[str, ...]
    junit_file: Path | None
    markdown_file: Path | None
    rehearse: bool
    window: float
    site_file: Path | None
    state_dir: Path | None
    seed: int

    @property
    def reports(self) -> dict[str, Path | None]:
        """Where each report goes, by its option."""
        return {"--junit": self.junit_file, "--markdown": self.markdown_file}

    def state(self, file: Path, site_file: Path) -> Path:
        return state_folder(file.parent, explicit=self.state_dir, site_file=site_file)
