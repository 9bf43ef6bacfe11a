"""``spikekit runs compare`` and ``runs export``: what changed from run to run, and evidence that travels."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import click

from spikekit.cli.heading import heading
from spikekit.cli.kept import found
from spikekit.cli.options import common, print_document
from spikekit.errors import UsageError


@click.command("compare")
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN...")
@common
def compare(runs: tuple[str, ...], as_json: bool, site_file: Path | None, state_dir: Path | None, seed: int) -> None:
    """Say what changed from each RUN to the next, and whether that is more than noise."""
    from spikekit.history.compare import SCHEMA
    from spikekit.history.compare import compare as compared

    if len(runs) < 2:
        raise UsageError("compare needs two runs", hint="spikekit runs list shows them")
    chosen = [found(reference, state_dir, site_file) for reference in runs]
    steps = [compared(before, after, seed=seed) for before, after in pairwise(chosen)]
    if as_json:
        head = heading(SCHEMA, created=datetime.now(UTC), seed=seed, inputs={})
        print_document({**head, "comparisons": [step.document() for step in steps]})
        return
    for step in steps:
        names = [label or run for run, label in zip((step.before, step.after), step.labels, strict=True)]
        click.echo(f"{names[0]} → {names[1]}")
        for difference in step.differences:
            click.echo(f"  {difference.sentence()}")
        for note in step.notes:
            click.echo(f"  {note}")


@click.command("export")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), help="Where to [standard output].")
@common
def export(
    runs: tuple[str, ...],
    file: Path | None,
    as_json: bool,
    site_file: Path | None,
    state_dir: Path | None,
    seed: int,
) -> None:
    """Write runs and searches as one file of evidence, for `readiness --evidence` and `gate --evidence` elsewhere.

    It says what was measured where, of which version (label), when, and from files of which fingerprints.
    """
    import json

    from spikekit.history.atomic import write_atomically
    from spikekit.history.evidence import EXPORT_SCHEMA

    documents = [found(reference, state_dir, site_file).document() for reference in runs]
    inputs = {name: mark for d in documents for name, mark in d["inputs"].items()}
    head = heading(EXPORT_SCHEMA, created=datetime.now(UTC), seed=seed, inputs=inputs)
    evidence = {**head, "documents": documents}
    if file is None:
        print_document(evidence)
        return
    write_atomically(file, json.dumps(evidence, allow_nan=False) + "\n")
    if as_json:
        print_document(evidence)
    else:
        click.echo(f"{len(documents)} of them are in {file}.")
