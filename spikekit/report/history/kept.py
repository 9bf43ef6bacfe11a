"""Whatever a run folder holds, in the terminal or as a page."""

from __future__ import annotations

from spikekit.capacity.document import CapacityRun
from spikekit.history.folder import Kept
from spikekit.report.capacity.page import capacity_page
from spikekit.report.capacity.terminal import capacity_summary
from spikekit.report.run.page import page
from spikekit.report.run.terminal import summary


def kept_summary(kept: Kept) -> str:
    """In 80 columns, with the codes of colours."""
    return capacity_summary(kept) if isinstance(kept, CapacityRun) else summary(kept)


def kept_page(kept: Kept) -> str:
    """As one HTML file."""
    return capacity_page(kept) if isinstance(kept, CapacityRun) else page(kept)
