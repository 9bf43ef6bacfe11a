"""``spikekit rehearse``: a campaign's spike, scaled to staging, run and judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from spikekit.cli.exporting import Exporting, exported
from spikekit.cli.options import common, sending, target
from spikekit.cli.spike import at, window
from spikekit.vocabulary import ExitCode


@click.command()
@click.argument("campaign", type=click.Path(path_type=Path, dir_okay=False))
@target
@at
@window
@sending
@exported
@common
def command(
    campaign: Path,
    site_file: Path | None,
    state_dir: Path | None,
    as_json: bool,
    window: float,
    exporting: Exporting,
    **more: Any,
) -> ExitCode:
    """Run a campaign's busiest minutes against a target and say whether it holds.

    The forecast's spike is scaled to the target by its capacity_ratio and by headroom, with normal traffic added.
    """
    from spikekit.campaign.file import load_campaign
    from spikekit.cli.known import known_landing, known_past
    from spikekit.cli.running import digests, run_and_show, site_for, this_command
    from spikekit.history.state import state_folder
    from spikekit.site.project import must_exist
    from spikekit.trial.rehearsal import Rehearsal, asked_rehearsal

    must_exist(campaign)
    path, site = site_for(campaign, site_file)
    declared = load_campaign(campaign, site)
    past = known_past(campaign.parent, state_dir=state_dir, site_file=path)
    landing = known_landing(campaign.parent, site, state_dir=state_dir, site_file=path)
    rehearsal = Rehearsal(window_seconds=window, past=past, landing=landing, **more)
    asked = asked_rehearsal(rehearsal, declared, site, command=this_command(), inputs=digests(campaign, path))
    state = state_folder(campaign.parent, explicit=state_dir, site_file=path)
    return run_and_show(asked, state=state, as_json=as_json, exporting=exporting)
