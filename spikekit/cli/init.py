"""``spikekit init DIR``: a commented project folder to start from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from spikekit.cli.options import common, print_document
from spikekit.site.starter import FILES, write_project

CAMPAIGN = "campaigns/first-post.yaml"


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@common
def command(folder: Path, as_json: bool, **_: object) -> None:
    """Write a commented project folder to start from. Nothing that exists is overwritten."""
    paths = write_project(folder, datetime.now(UTC).date())
    steps = next_steps(folder)
    if as_json:
        print_document({"schema": "spikekit.init/1", "files": [str(p) for p in paths], "next": steps})
        return
    click.echo(f"{folder} is ready: {len(paths)} files, commented line by line.\n")
    click.echo("\n".join(tree()))
    click.echo("\nNext:\n" + "\n".join(f"  {step}" for step in steps))


def next_steps(folder: Path) -> list[str]:
    """The commands to try, as they can be typed here."""
    where = click.format_filename(folder)
    return [
        f"spikekit check {where}",
        f"spikekit forecast {where}/{CAMPAIGN}",
        f"spikekit rehearse {where}/{CAMPAIGN} --target local    # with a server of yours at http://127.0.0.1:8000",
    ]


def tree() -> list[str]:
    """The folder's files with what each is for, one line each."""
    width = max(map(len, FILES)) + 2
    return [f"  {name:{width}} {meaning}" for name, meaning in FILES.items()]
