"""``spikekit gate``: may this version go live, with the campaigns that are coming?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from spikekit.cli.gate_given import Given
from spikekit.cli.options import common
from spikekit.cli.page import is_standard_output
from spikekit.cli.parameters import POSITIVE_DURATION, SHARE
from spikekit.errors import UsageError
from spikekit.vocabulary import ExitCode

_FILE = click.Path(path_type=Path, dir_okay=False, allow_dash=True)


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
@click.option(
    "--junit", "junit_file", type=_FILE, help="Write JUnit XML: a testcase a criterion; - for standard output."
)
@click.option("--markdown", "markdown_file", type=_FILE, help="Write Markdown; - for standard output.")
@click.option("--rehearse", is_flag=True, help="Rehearse what is not known, on --target, and judge again.")
@click.option("--window", type=POSITIVE_DURATION, default="5m", help="How much --rehearse sends, around the peak [5m].")
@common
def command(campaigns: tuple[Path, ...], as_json: bool, **options: Any) -> ExitCode:
    """Judge every confirmed campaign that launches soon: evidence, its age, its version, and the chance of holding.

    CAMPAIGN is a campaign file, or a folder with campaign files. Exit 0: the gate is open. 3: a campaign is at risk or
    not ready. 4: none is, but of one nobody knows. No environment variable for secrets is needed, but for --rehearse.
    """
    from spikekit.cli.gating import decide

    given = Given(campaigns=campaigns, **options)
    _one_on_standard_output(given, as_json=as_json)
    return decide(given, datetime.now(UTC), as_json=as_json)


def _one_on_standard_output(given: Given, *, as_json: bool) -> None:
    """Raises ``UsageError`` where two would be mixed there."""
    wanted = ["--json"] if as_json else []
    wanted += [f"{name} -" for name, file in given.reports.items() if is_standard_output(file)]
    if len(wanted) > 1:
        raise UsageError(f"{' and '.join(wanted)} both want standard output", hint="name a file for one of them")
