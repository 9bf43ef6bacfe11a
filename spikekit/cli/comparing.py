"""``spikekit runs compare`` and ``runs export``: what changed from run to run, and evidence that travels."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spikekit.cli.heading import heading
from spikekit.cli.kept import found
from spikekit.cli.options import common, print_document
from spikekit.errors import UsageError

if TYPE_CHECKING:
    from spikekit.history.folder import Kept


@click.command("compare")
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN...")
@common
def compare(runs: tuple[str, ...], as_json: bool, site_file: Path | None, state_dir: Path | None, seed: int) -> None:
    """Say what changed from each RUN to the next, and whether that is more than noise."""
    from spikekit.history.compare import SCHEMA
    from spikekit.history.compare import compare as compared
    from spikekit.report.history.comparison import comparison_lines

    if len(runs) < 2:
        raise UsageError("compare needs two runs", hint="spikekit runs list shows them")
    chosen = [found(reference, state_dir, site_file) for reference in runs]
    steps = [compared(before, after, seed=seed) for before, after in pairwise(chosen)]
    if as_json:
        head = heading(SCHEMA, created=datetime.now(UTC), seed=seed, inputs={})
        print_document({**head, "comparisons": [step.document() for step in steps]})
        return
    for step in steps:
        click.echo("\n".join(comparison_lines(step)))


@click.command("export")
@click.argument("runs", nargs=-1, metavar="[RUN]...")
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

    Without a RUN, what a gate needs: the newest conclusive search of each target, journey and label, and so of each
    campaign's rehearsals. It says what was measured where, of which version (label), when, and from files of which
    fingerprints.
    """
    import json

    from spikekit.history.atomic import write_atomically
    from spikekit.history.evidence import EXPORT_SCHEMA
    from spikekit.history.state import state_folder
    from spikekit.report.history.taken import taken_lines

    state = state_folder(Path(), explicit=state_dir, site_file=site_file)
    taken = [found(reference, state_dir, site_file) for reference in runs] if runs else _needed(state)
    documents = [_portable(run.document(), state.absolute().parent) for run in taken]
    inputs = {name: mark for d in documents for name, mark in d["inputs"].items()}
    head = heading(EXPORT_SCHEMA, created=datetime.now(UTC), seed=seed, inputs=inputs)
    evidence = {**head, "documents": documents}
    if file is not None:
        write_atomically(file, json.dumps(evidence, allow_nan=False) + "\n", option="--to")
    if file is None or as_json:
        print_document(evidence)
    else:
        click.echo("\n".join(taken_lines(taken, file)))


def _needed(state: Path) -> list[Kept]:
    from spikekit.gate.needed import needed
    from spikekit.gate.papers import kept_papers

    taken = needed(kept_papers(state))
    if not taken:
        raise UsageError(
            f"nothing in {state} says anything of capacity yet", hint="spikekit capacity --target TARGET measures it"
        )
    return taken


def _portable(document: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The document as it may be read elsewhere: files of the project by their place in it, not on this machine."""
    inputs = {_within(Path(name), folder): mark for name, mark in document["inputs"].items()}
    return {**document, "inputs": inputs}


def _within(file: Path, folder: Path) -> str:
    return str(file.relative_to(folder) if file.is_relative_to(folder) else file)
