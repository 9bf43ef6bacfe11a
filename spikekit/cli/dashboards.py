"""``spikekit dashboards``: Grafana dashboards, Prometheus rules, provisioning and runbooks, as files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from spikekit.cli.options import common, print_document
from spikekit.vocabulary import DEFAULT_SEED

SCHEMA = "spikekit.dashboards/1"


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--runbooks", metavar="URL", help="Where your team keeps the runbooks [what `spikekit serve` shows].")
@common
def command(folder: Path, runbooks: str | None, as_json: bool, **_: object) -> None:
    """Write what drops into Grafana and Prometheus to DIR: dashboards, rules, provisioning, and a runbook an alert.

    Files of the same names are replaced, but for alertmanager.yaml, which has your receivers.
    docs/prometheus.md says where each goes.
    """
    from spikekit.cli.colour import say
    from spikekit.cli.heading import heading
    from spikekit.cli.writing import write_files
    from spikekit.metrics.shipped import not_yet_theirs, shipped_files, with_runbooks_at

    shipped = not_yet_theirs(folder, shipped_files())
    written = write_files(folder, ((path, with_runbooks_at(runbooks, text)) for path, text in shipped))
    if as_json:
        head = heading(SCHEMA, created=datetime.now(UTC), seed=DEFAULT_SEED, inputs={})
        print_document({**head, "files": written})
        return
    say(f"{len(written)} files in {folder}: dashboards and provisioning for Grafana, rules for Prometheus.")
    click.echo(f"Next:  promtool check rules {folder}/prometheus/spikekit.rules.yaml")
