"""What the project knows from its past campaigns, for every command that forecasts."""

from __future__ import annotations

from pathlib import Path

import click

from spikekit.forecast.calibration import PastResult
from spikekit.forecast.priors import Figure
from spikekit.site.model import Site


def known_past(folder: Path, *, state_dir: Path | None = None, site_file: Path | None = None) -> tuple[PastResult, ...]:
    """The own results of whoever works in ``folder`` (a campaign's, or the current one).

    A kept file that cannot be read is told on standard error and left out.
    """
    from spikekit.history.state import state_folder
    from spikekit.review.store import past_results

    state = state_folder(folder, explicit=state_dir, site_file=site_file)
    return past_results(state, lambda words: click.echo(f"spikekit: {words}", err=True))


def known_landing(
    folder: Path, site: Site | None, *, state_dir: Path | None = None, site_file: Path | None = None
) -> Figure:
    """What a page of the site costs with all it needs: as measured, where it was."""
    from spikekit.history.pages import measured_landing
    from spikekit.history.state import state_folder

    return measured_landing(state_folder(folder, explicit=state_dir, site_file=site_file), site)
