"""``spikekit calendar``: every campaign on one time line, with what comes together and what collides."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from spikekit.cli.options import common, html, print_document
from spikekit.cli.page import write_page
from spikekit.errors import FileProblems, UsageError
from spikekit.files.echo import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spikekit.campaign.model import Campaign
    from spikekit.forecast.calendar import Calendar
    from spikekit.site.model import Site
    from spikekit.site.project import Checked

_QUICK = 4
"""So many campaigns take about a second."""


def _zone(_context: click.Context, _parameter: click.Parameter, value: str | None) -> ZoneInfo | None:
    from spikekit.files import instant

    try:
        return None if value is None else instant.zone(value)
    except ValueError as note:
        hint = f"; {note}" if str(note) else ""
        raise click.BadParameter(
            f"expected a time zone such as Europe/London, found {quoted(value or '')}{hint}"
        ) from None


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@html
@click.option("--timezone", "zone", callback=_zone, help="Whose days and hours [the campaigns', or UTC].")
@common
def command(
    paths: tuple[Path, ...],
    html_file: Path | None,
    zone: ZoneInfo | None,
    as_json: bool,
    site_file: Path | None,
    state_dir: Path | None,
    seed: int,
) -> None:
    """Show every campaign on one time line: what comes together, what collides, each week's highest peak.

    PATH is a campaign file, or a folder with campaign files in it or below [the current folder]. Confirmed campaigns
    are added draw by draw; drafts are shown beside them; cancelled ones are left out.
    """
    from spikekit.cli.known import known_landing, known_past
    from spikekit.forecast.calendar import calendar

    paths = paths or (Path(),)
    read = _read(paths, site_file)
    campaigns, site = _campaigns(read), _site(read)
    past = known_past(_folder(paths[0]), state_dir=state_dir, site_file=site_file)
    landing = known_landing(_folder(paths[0]), site, state_dir=state_dir, site_file=site_file)
    with _patience(len(campaigns)):
        shown = zone or _common_zone(campaigns)
        found = calendar(campaigns, site=site, zone=shown, seed=seed, past=past, landing=landing)
    _show(found, site, read, paths, html_file, as_json)


def _patience(campaigns: int) -> AbstractContextManager[object]:
    """Something that moves on a terminal while many campaigns are drawn; nothing in a pipe."""
    if campaigns <= _QUICK or not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(f"Drawing {campaigns} campaigns …")


def _read(paths: Sequence[Path], site_file: Path | None) -> list[Checked]:
    from spikekit.site.project import check

    read = check(paths, site_file)
    problems = [p for r in read for p in r.problems]
    if problems:
        raise FileProblems(problems)
    return read


def _campaigns(read: Sequence[Checked]) -> list[Campaign]:
    from spikekit.vocabulary import Status

    campaigns = [r.campaign for r in read if r.campaign is not None]
    if all(c.status is Status.CANCELLED for c in campaigns):
        found = "every campaign there is cancelled" if campaigns else "no campaign file there"
        raise UsageError(
            f"{found}; there is nothing to show", hint="`spikekit init DIR` writes a project to start from"
        )
    return campaigns


def _site(read: Sequence[Checked]) -> Site | None:
    sites = [r for r in read if r.site is not None]
    if len(sites) > 1:
        names = ", ".join(str(r.path) for r in sites)
        raise UsageError(f"these campaigns are of several sites: {names}", hint="ask for one site's folder at a time")
    return sites[0].site if sites else None


def _common_zone(campaigns: Sequence[Campaign]) -> ZoneInfo:
    """The zone of all campaigns, or UTC, which favours none."""
    names = {c.timezone for c in campaigns}
    return ZoneInfo(names.pop() if len(names) == 1 else "UTC")


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def _show(
    found: Calendar,
    site: Site | None,
    read: Sequence[Checked],
    paths: Sequence[Path],
    html_file: Path | None,
    as_json: bool,
) -> None:
    """The document, the page, or the words."""
    from spikekit.profile.campaign import busy_requests_per_second

    normal = busy_requests_per_second(site.normal_traffic) if site else None
    asked = " ".join(["spikekit calendar", *(str(p) for p in paths)])
    if html_file is not None:
        _write_page(found, site, normal, html_file, asked, quiet=as_json)
    if as_json:
        _print(found, site, normal, read)
    elif html_file is None:
        from spikekit.cli.colour import echo
        from spikekit.report.calendar.terminal import calendar_lines
        from spikekit.report.chart.terminal import inked

        following = f"{asked} --html calendar.html"
        echo("\n".join(calendar_lines(found, normal_requests_per_second=normal, next_command=following, paint=inked)))


def _print(found: Calendar, site: Site | None, normal: float | None, read: Sequence[Checked]) -> None:
    from spikekit.cli.heading import heading
    from spikekit.files.digest import digest
    from spikekit.forecast.calendar_document import SCHEMA, calendar_document

    inputs = {str(r.path): digest(r.path) for r in read if r.path.is_file()}
    first = heading(SCHEMA, created=datetime.now(UTC), seed=found.seed, inputs=inputs)
    print_document(calendar_document(found, first, site=site.name if site else None, normal_requests_per_second=normal))


def _write_page(
    found: Calendar, site: Site | None, normal: float | None, file: Path, asked: str, *, quiet: bool
) -> None:
    from spikekit.report.calendar.page import calendar_page
    from spikekit.report.calendar.reading import headline

    text = calendar_page(
        found, site=site.name if site else None, normal_requests_per_second=normal, command=f"{asked} --html {file}"
    )
    write_page(text, file, said=None if quiet else f"{headline(found)}\nThe calendar is in")
