"""``spikekit report RUN``: a run in the terminal, as one HTML file, or as its document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from spikekit.cli.options import common, print_document
from spikekit.errors import UsageError

if TYPE_CHECKING:
    from spikekit.history.folder import Kept


@click.command()
@click.argument("run", default="latest")
@click.option(
    "--html",
    "html_file",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Write one HTML file; - for standard output.",
)
@common
def command(
    run: str, html_file: Path | None, as_json: bool, site_file: Path | None, state_dir: Path | None, **_: object
) -> None:
    """Show a run: the newest, or the RUN of this id (its beginning serves) or at this path.

    The HTML file holds everything it needs: it opens offline, can be sent by mail and prints on two pages.
    """
    from spikekit.cli.runs import found

    chosen = found(run, state_dir, site_file)
    if html_file is not None:
        write_page(chosen, html_file, quiet=as_json)
    if as_json:
        print_document(chosen.document())
    elif html_file is None:
        from spikekit.cli.colour import echo
        from spikekit.report.kept import kept_summary

        echo(kept_summary(chosen))


def write_page(run: Kept, file: Path, *, quiet: bool) -> None:
    from spikekit.history.atomic import write_atomically
    from spikekit.report.kept import kept_page

    if str(file) == "-":
        if quiet:
            raise UsageError("--json and --html - both want standard output", hint="name a file: --html report.html")
        click.echo(kept_page(run).encode(), nl=False)
        return
    write_atomically(file, kept_page(run))
    if not quiet:
        click.echo(f"{run.sentence}\nThe report is in {file}; it opens in any browser, without a network.")
