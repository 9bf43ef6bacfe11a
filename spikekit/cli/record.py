"""``spikekit record FILE.har``: a journey from a browser's recording."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from spikekit.cli.options import common, print_document

if TYPE_CHECKING:
    from spikekit.journey.proposal import Proposal


@click.command()
@click.argument("file", metavar="FILE.har", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="What the journey is called [the file's name].")
@click.option("--host", metavar="HOST", help="The site's host [the one most pages came from].")
@click.option("--data", "vary", is_flag=True, help="Also write CSV files, so that not everyone opens the same page.")
@click.option(
    "--write", "folder", metavar="DIR", type=click.Path(path_type=Path), help="Write files there [standard output]."
)
@common
def command(
    file: Path,
    name: str | None,
    host: str | None,
    vary: bool,
    folder: Path | None,
    as_json: bool,
    seed: int,
    **_: object,
) -> None:
    """Write a journey for site.yaml from a browser's recording.

    To record: open the developer tools, choose Network, tick "Preserve log", walk through the shop as a visitor
    would, then export everything as HAR with content. Cookies, passwords, addresses and tokens stay behind.
    """
    from spikekit.cli.heading import heading
    from spikekit.files.digest import digest
    from spikekit.journey.document import SCHEMA, record_document
    from spikekit.journey.files import write_proposal
    from spikekit.journey.har import read_recording
    from spikekit.journey.naming import journey_name
    from spikekit.journey.propose import propose
    from spikekit.journey.text import journeys_text

    named = journey_name(name, file)
    proposal = propose(read_recording(file), name=named, host=host, vary=vary)
    written = write_proposal(proposal, folder or Path(), with_journey=folder is not None)
    if as_json:
        head = heading(SCHEMA, created=datetime.now(UTC), seed=seed, inputs={str(file): digest(file)})
        print_document(record_document(proposal, head, [str(path) for path in written]))
        return
    if folder is None:
        click.echo(journeys_text(proposal), nl=False)
    # What is said about the journey must not end up in it: `spikekit record … >> site.yaml`.
    click.echo("\n".join(_told(proposal, written, folder)), err=folder is None)


def _told(proposal: Proposal, written: list[Path], folder: Path | None) -> list[str]:
    from spikekit.journey.text import account, sentence

    # On standard output the account stands in the journey's own comments.
    told = [sentence(proposal)] if folder is None else account(proposal)
    lines = [line for paragraph in told for line in wrap(paragraph, 80)]
    if written:
        lines.append("Written: " + ", ".join(map(str, written)))
    where = f"the lines of {written[0]}" if folder is not None and written else "these lines"
    lines += [f"Next: put {where} under `journeys:` in site.yaml, then", "  spikekit check site.yaml"]
    return lines
