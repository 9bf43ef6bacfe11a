"""``spikekit capacity``: the highest stationary rate that holds the objectives, cold and warm."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from spikekit.cli.exporting import Exporting, both, exported
from spikekit.cli.options import common, html, label, landing, print_document, target, workers
from spikekit.cli.page import is_standard_output, write_page
from spikekit.cli.parameters import PER_SECOND, POSITIVE_DURATION
from spikekit.vocabulary import ExitCode


@click.command()
@target
@click.option("--journey", help="The journey of site.yaml that visitors take [one page].")
@landing
@click.option("--budget", type=POSITIVE_DURATION, default="3m", show_default=True, help="How long it may take.")
@click.option("--max-rate", type=PER_SECOND, help="Never send more visitors a second than this.")
@label
@workers
@html
@exported
@common
def command(
    site_file: Path | None,
    state_dir: Path | None,
    as_json: bool,
    html_file: Path | None,
    budget: float,
    workers: int,
    exporting: Exporting,
    **more: Any,
) -> ExitCode:
    """Find the most that a target holds for ever, how sure that is, and how it fails.

    A first look rises from idle until something gives; short trials and then longer ones close in on the rate at which
    the objectives of site.yaml are just met. Trials that clearly fail are stopped, and the target rests in between.
    """
    from spikekit.cli.running import digests, site_for, this_command
    from spikekit.cli.searching import SearchProgress
    from spikekit.engine.plan import Sending
    from spikekit.history.state import state_folder
    from spikekit.trial.search import Sought, search_capacity

    path, site = site_for(Path.cwd() / "here", site_file)
    sought = Sought(budget_seconds=budget, sending=Sending(workers=workers), **more)
    state = state_folder(Path.cwd(), explicit=state_dir, site_file=path)
    with exporting.metrics() as metrics:
        with SearchProgress() as progress:
            found = search_capacity(
                sought,
                site,
                state,
                command=this_command(),
                inputs=digests(path),
                environ=os.environ,
                on_trial=progress.trial,
                on_second=both(progress.show, metrics),
            )
        _show(found, as_json, html_file)
        if metrics is not None and not found.interrupted:
            metrics.conclude()
    return found.exit_code


def _show(found: Any, as_json: bool, html_file: Path | None) -> None:
    from spikekit.cli.colour import echo
    from spikekit.report.history.kept import kept_page, kept_summary

    if html_file is not None:
        write_page(kept_page(found), html_file)
    if as_json:
        print_document(found.document())
    elif not is_standard_output(html_file):
        echo(kept_summary(found))
