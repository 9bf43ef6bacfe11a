"""``spikekit report RUN``: a run in the terminal, as one HTML file, or as its document."""

from __future__ import annotations

from pathlib import Path

import click

from spikekit.cli.kept import found
from spikekit.cli.options import common, html, print_document
from spikekit.cli.page import write_page


@click.command()
@click.argument("run", default="latest")
@html
@common
def command(
    run: str, html_file: Path | None, as_json: bool, site_file: Path | None, state_dir: Path | None, **_: object
) -> None:
    """Show a run: the newest, or the RUN of this id (its beginning serves) or at this path.

    The HTML file holds everything it needs: it opens offline, can be sent by mail and prints on two pages.
    """
    chosen = found(run, state_dir, site_file)
    if html_file is not None:
        from spikekit.report.history.kept import kept_page

        write_page(kept_page(chosen), html_file, said=None if as_json else f"{chosen.sentence}\nThe report is in")
    if as_json:
        print_document(chosen.document())
    elif html_file is None:
        from spikekit.cli.colour import echo
        from spikekit.report.history.kept import kept_summary

        echo(kept_summary(chosen))
