"""What the project knows from its past campaigns, for every command that forecasts."""

from __future__ import annotations

from pathlib import Path

import click

from spikekit.forecast.calibration import PastResult


def known_past(folder: Path, *, state_dir: Path | None = None, site_file: Path | None = None) -> tuple[PastResult, ...]:
    """The own results of whoever works in ``folder`` (a campaign's, or the current one).

    A kept file that cannot be read is told on standard error and left out.
    """
    from spikekit.history.state import state_folder
    from spikekit.review.store import past_results

    state = state_folder(folder, explicit=state_dir, site_file=site_file)
    return past_results(state, lambda words: click.echo(f"spikekit: {words}", err=True))
