"""The kept run that a user means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spikekit.history.folder import Kept
    from spikekit.verdict.run import Run


def found(reference: str, state_dir: Path | None, site_file: Path | None) -> Kept:
    """The run a user means, made again from its seconds when its process was killed. Raises ``UsageError``."""
    from spikekit.history.find import find_run
    from spikekit.history.state import state_folder

    return find_run(state_folder(Path(), explicit=state_dir, site_file=site_file), reference, rebuild=_rebuilt)


def _rebuilt(folder: Path) -> Run:
    from spikekit.trial.run import rebuilt  # Heavy, and hardly ever needed.

    return rebuilt(folder)
