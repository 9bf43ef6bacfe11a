"""``spikekit load``: a plain open load, judged by the objectives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from spikekit.cli.exporting import Exporting, exported
from spikekit.cli.options import common, landing, sending, target
from spikekit.cli.parameters import DURATION, PER_SECOND, POSITIVE_DURATION
from spikekit.vocabulary import ExitCode


@click.command()
@target
@click.option("--rate", type=PER_SECOND, required=True, help="Visitors a second, such as 400/s.")
@click.option("--duration", type=POSITIVE_DURATION, required=True, help="How long, such as 30s.")
@landing
@click.option("--journey", help="The journey of site.yaml they take from there [that one page].")
@click.option("--ramp", type=DURATION, default="0s", help="Rise to the rate in a straight line for so long.")
@click.option("--reuse", is_flag=True, help="Take over the connections others leave, instead of fresh ones.")
@sending
@exported
@common
def command(
    site_file: Path | None,
    state_dir: Path | None,
    as_json: bool,
    rate: float,
    duration: float,
    ramp: float,
    exporting: Exporting,
    **more: Any,
) -> ExitCode:
    """Send visitors at a steady rate, whatever the site does, and judge it by site.yaml's objectives.

    Arrivals are open: nobody waits for anybody else's answer, as in real crowds. Only targets named in site.yaml
    are ever loaded.
    """
    from spikekit.cli.running import digests, run_and_show, site_for, this_command
    from spikekit.history.state import state_folder
    from spikekit.trial.plain import PlainLoad, asked_load

    path, site = site_for(Path.cwd() / "here", site_file)
    load = PlainLoad(rate=rate, duration_seconds=duration, ramp_seconds=ramp, **more)
    asked = asked_load(load, site, command=this_command(), inputs=digests(path))
    state = state_folder(Path.cwd(), explicit=state_dir, site_file=path)
    return run_and_show(asked, state=state, as_json=as_json, exporting=exporting)
