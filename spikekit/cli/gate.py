"""``spikekit gate``: may this version go live, with the campaigns that are coming?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from spikekit.cli.options import common
from spikekit.cli.parameters import POSITIVE_DURATION, SHARE
from spikekit.vocabulary import ExitCode

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("campaigns", metavar="CAMPAIGN...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--evidence",
    "evidence_paths",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="A file of `runs export`, or a folder of such [the project's own history].",
)
@click.option("--within", type=POSITIVE_DURATION, default="14d", help="Judge campaigns that launch within [14d].")
@click.option("--max-age", type=POSITIVE_DURATION, default="7d", help="How old evidence may be [7d].")
@click.option("--label", help="Evidence counts only of this version, such as a commit [any].")
@click.option("--target", help="Whose evidence counts [every target's].")
@click.option("--min-survival", type=SHARE, help="The chance of holding that is asked for [the site's clearance, 95%].")
@click.option("--waive", multiple=True, metavar="ID", help="Let this campaign pass; needs --reason and --until.")
@click.option("--reason", multiple=True, help="Why it is waived; every output says so.")
@click.option("--until", multiple=True, metavar="DATE", help="The last day the waiver counts, such as 2026-12-01.")
@click.option("--junit", "junit_file", type=_FILE, help="Write JUnit XML: a testcase a criterion.")
@click.option("--markdown", "markdown_file", type=_FILE, help="Write Markdown.")
@click.option("--rehearse", is_flag=True, help="Rehearse what is not known, on --target, and judge again.")
@click.option("--window", type=POSITIVE_DURATION, default="5m", help="How much --rehearse sends, around the peak [5m].")
@common
def command(campaigns: tuple[Path, ...], as_json: bool, **options: Any) -> ExitCode:
    """Judge every confirmed campaign that launches soon: evidence, its age, its version, and the chance of holding.

    CAMPAIGN is a campaign file, or a folder with campaign files. Exit 0: the gate is open. 3: a campaign is at risk or
    not ready. 4: none is, but of one nobody knows. No environment variable for secrets is needed, but for --rehearse.
    """
    from spikekit.cli.gate_given import Given
    from spikekit.cli.gating import decide

    return decide(Given(campaigns=campaigns, **options), datetime.now(UTC), as_json=as_json)
