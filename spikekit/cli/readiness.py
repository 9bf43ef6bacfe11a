"""``spikekit readiness``: will it hold, and what would make it; without a campaign: what would be safe tonight."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from spikekit.cli.options import common, html
from spikekit.cli.parameters import CAPACITY, COUNT, DURATION, SHARE
from spikekit.vocabulary import ExitCode


@click.command()
@click.argument("campaigns", metavar="[CAMPAIGN]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--target", help="Whose measured capacity counts [the one of which most is known].")
@click.option(
    "--evidence",
    "evidence_files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A capacity's or run's document, or what `runs export` wrote [the newest in the history].",
)
@click.option("--kind", help="Without a file: how people are reached, such as celebrity_post or email.")
@click.option("--audience", type=COUNT, help="Without a file: how many people, such as 6.2M.")
@click.option("--capacity", type=CAPACITY, help="Without a file: visitors/s that production holds, or 800requests/s.")
@click.option("--click-rate", type=SHARE, help="All clicks over the audience, such as 2.6% [the published range].")
@click.option("--send-over", type=DURATION, help="How long the sending takes, such as 20m.")
@html
@click.option("--scaling", type=click.Choice(["keda", "hpa", "aws"]), help="Print the advised replicas for that tool.")
@common
def command(campaigns: tuple[Path, ...], as_json: bool, **options: Any) -> ExitCode:
    """Say whether campaigns will hold on production, and what would make them.

    CAMPAIGN is a campaign file, or a folder with campaign files in it or below; cancelled ones there are left out.
    Without one: the largest audience of each kind of channel that is safe now. Without any file:
    spikekit readiness --kind celebrity_post --audience 6.2M --capacity 50/s
    """
    from spikekit.cli import answering as answers

    given = answers.Given(campaigns=campaigns, **options)
    told = answers.bare(given) if answers.is_bare(given) else answers.from_files(given)
    answers.show(told, given, as_json=as_json)
    return answers.exit_code(told)
