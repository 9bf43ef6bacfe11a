"""What an export of evidence holds, in 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from spikekit.capacity.document import CapacityRun
from spikekit.history.folder import Kept
from spikekit.report.capacity.reading import journey_words
from spikekit.report.history.runs import when
from spikekit.report.screen import shown, wrapped


def taken_lines(taken: Sequence[Kept], file: Path) -> list[str]:
    """Where it is, and a line for each run and search in it."""
    several = "s" if len(taken) > 1 else ""
    return [f"{file} holds {len(taken)} measurement{several}:", *(line for run in taken for line in _lines(run))]


def _lines(run: Kept) -> list[str]:
    label = f", of {run.label}" if run.label else ""
    return wrapped(shown(f"{_what(run)} on {run.target}{label}, {when(run.created)} UTC"), indent="  ")


def _what(run: Kept) -> str:
    if isinstance(run, CapacityRun):
        return f"capacity for {journey_words(run)}"
    return f"{run.kind} of {run.campaign}" if run.campaign else f"{run.kind}"
