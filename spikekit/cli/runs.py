"""``spikekit runs``: the runs of a project, and any one of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from spikekit.cli.comparing import compare, export
from spikekit.cli.heading import heading
from spikekit.cli.kept import found
from spikekit.cli.options import common, print_document

SCHEMA = "spikekit.runs/1"
TREND_SCHEMA = "spikekit.trend/1"


@click.group()
def command() -> None:
    """List, show, compare and export past runs."""


command.add_command(compare)
command.add_command(export)


@command.command("list")
@click.option("--trend", is_flag=True, help="Capacity over time, by target and journey, and what is beyond noise.")
@common
def list_(trend: bool, as_json: bool, site_file: Path | None, state_dir: Path | None, seed: int) -> None:
    """Every run of the project, the newest first."""
    if trend:
        _show_trends(as_json, site_file, state_dir, seed)
        return
    from spikekit.cli.colour import echo
    from spikekit.history.index import list_runs
    from spikekit.history.state import state_folder
    from spikekit.report.history.runs import table

    state = state_folder(Path(), explicit=state_dir, site_file=site_file)
    entries = list_runs(state)
    if as_json:
        head = heading(SCHEMA, created=datetime.now(UTC), seed=seed, inputs={})
        print_document({**head, "runs": [entry.document() for entry in entries]})
    elif entries:
        echo(table(entries))
    else:
        click.echo(f"There are no runs in {state} yet. To make one:  spikekit demo")


def _show_trends(as_json: bool, site_file: Path | None, state_dir: Path | None, seed: int) -> None:
    from spikekit.cli.colour import echo
    from spikekit.history.state import state_folder
    from spikekit.history.trend import trends
    from spikekit.report.history.trend import trend_lines

    state = state_folder(Path(), explicit=state_dir, site_file=site_file)
    found = trends(state, seed=seed)
    if as_json:
        head = heading(TREND_SCHEMA, created=datetime.now(UTC), seed=seed, inputs={})
        print_document({**head, "trends": [t.document() for t in found]})
    elif found:
        echo("\n".join(trend_lines(found)))
    else:
        click.echo(f"No search in {state} found a capacity yet. To make one:  spikekit capacity --target TARGET")


@command.command("show")
@click.argument("run", default="latest")
@common
def show(run: str, as_json: bool, site_file: Path | None, state_dir: Path | None, **_: object) -> None:
    """Show a run: the newest, or the RUN of this id (its beginning serves) or at this path."""
    from spikekit.cli.colour import echo
    from spikekit.report.history.kept import kept_summary

    chosen = found(run, state_dir, site_file)
    if as_json:
        print_document(chosen.document())
    else:
        echo(kept_summary(chosen))
