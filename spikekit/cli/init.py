"""``spikekit init DIR``: a commented project folder to start from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from shlex import quote

import click

from spikekit.cli.heading import heading
from spikekit.cli.options import common, print_document
from spikekit.files.digest import digest
from spikekit.site.editor import FOLDER
from spikekit.site.starter import FILES, write_project

SCHEMA = "spikekit.init/1"
CAMPAIGN = "campaigns/first-post.yaml"


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@common
def command(folder: Path, as_json: bool, seed: int, **_: object) -> None:
    """Write a commented project folder to start from. Nothing that exists is overwritten."""
    now = datetime.now(UTC)
    paths = write_project(folder, now.date())
    steps = next_steps(folder)
    if as_json:
        inputs = {str(p): digest(p) for p in paths}
        print_document({**heading(SCHEMA, created=now, seed=seed, inputs=inputs), "files": list(inputs), "next": steps})
        return
    click.echo(f"{folder} is ready: {len(FILES)} files, commented line by line.\n")
    click.echo("\n".join(tree()))
    click.echo("\nNext (the last one with your server at http://127.0.0.1:8000):")
    click.echo("\n".join(f"  {step}" for step in steps))


def next_steps(folder: Path) -> list[str]:
    """The commands to try, as they can be typed here."""
    where = quote(str(folder))
    return [
        f"spikekit check {where}",
        f"spikekit forecast {where}/{CAMPAIGN}",
        f"spikekit rehearse {where}/{CAMPAIGN} --target local",
    ]


def tree() -> list[str]:
    """The folder's files with what each is for, one line each."""
    shown = {**FILES, f"{FOLDER}/": "what your editor knows of these files"}
    width = max(map(len, shown)) + 2
    return [f"  {name:{width}} {meaning}" for name, meaning in shown.items()]
