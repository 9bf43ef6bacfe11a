"""What changed from one run to another, in 80 columns."""

from __future__ import annotations

from spikekit.history.compare import Comparison
from spikekit.report.screen import shown, wrapped


def comparison_lines(step: Comparison) -> list[str]:
    """The two runs, what differs, and what to know about it."""
    said = [*(d.sentence() for d in step.differences), *step.notes]
    head = " → ".join(_names(step))
    return [shown(head), *(line for text in said for line in wrapped(shown(text), indent="  ", later="    "))]


def _names(step: Comparison) -> tuple[str, str]:
    """Their labels where these tell them apart, else their ids."""
    before, after = step.labels
    if before == after:
        return step.before, step.after
    return before or step.before, after or step.after
