"""``spikekit schema``: what editors need to complete and check campaign and site files while they are typed."""

from __future__ import annotations

from pathlib import Path

import click

from spikekit.cli.options import common


@click.command()
@click.argument("kind", type=click.Choice(["campaign", "site"]))
@click.option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), help="Where to [standard output].")
@common
def command(kind: str, file: Path | None, **_: object) -> None:
    """Print the JSON Schema (draft-07) of campaign or site files.

    `init` writes both; a file names its own in its first line: # yaml-language-server: $schema=PATH
    """
    from spikekit.history.atomic import write_atomically
    from spikekit.site.editor import schema_text

    if file is None:
        click.echo(schema_text(kind), nl=False)
    else:
        write_atomically(file, schema_text(kind), option="--to")
