"""``spikekit past``: what is known from past campaigns, and the exports it is learned from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spikekit.cli.options import common, print_document
from spikekit.errors import FileProblems
from spikekit.vocabulary import ExitCode

if TYPE_CHECKING:
    from spikekit.review.export import Export

IMPORT_SCHEMA = "spikekit.past-import/1"
LIST_SCHEMA = "spikekit.past-list/1"


@click.group()
def command() -> None:
    """What past campaigns brought: every forecast learns from it."""


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--map", "maps", metavar="MEANING=COLUMN", multiple=True, help="Such as campaign=Name,sent=Recipients.")
@click.option("--kind", help="What all of them were, such as email.")
@click.option("--account", help="Whose they all were, such as a list's name.")
@click.option("--dates", type=click.Choice(["dmy", "mdy"]), help="Whether 04/12/2026 begins with day or month.")
@click.option("--skip-bad", is_flag=True, help="Leave out the rows that cannot be understood.")
@click.option("--dry-run", is_flag=True, help="Show what is understood, and keep nothing.")
@common
def import_(
    file: Path,
    maps: tuple[str, ...],
    kind: str | None,
    account: str | None,
    dates: str | None,
    skip_bad: bool,
    dry_run: bool,
    as_json: bool,
    site_file: Path | None,
    state_dir: Path | None,
    seed: int,
) -> ExitCode:
    """Learn from past results: FILE is the CSV that a mail tool exports, one campaign a row.

    The columns of Mailchimp, Klaviyo, HubSpot and Brevo are known; others are named with --map. MEANING is campaign,
    date, sent, clicks, rate, opens, account, kind or saturated.
    """
    from spikekit.files.exported import DateOrder
    from spikekit.history.state import state_folder
    from spikekit.review.columns import mapping
    from spikekit.review.export import read_results

    said = mapping(maps) | {n: v for n, v in (("kind", kind), ("account", account)) if v}
    site = _site_name(site_file)
    export = read_results(file, said=said, site=site, order=DateOrder(dates) if dates else None)
    # With every row left out there is nothing to keep, whatever was asked for.
    broken = bool(export.problems) and not (skip_bad and export.records)
    if broken and not dry_run:
        raise FileProblems(export.problems)
    state = state_folder(Path(), explicit=state_dir, site_file=site_file)
    kept = 0 if dry_run else _kept(export, state)
    learners = _learners(is_named=state_dir is not None, site=site)
    outcome = _dry(export, state, learners, broken=broken) if dry_run else _outcome(export, kept, state, learners)
    _show(export, kept, outcome, as_json=as_json, seed=seed)
    return ExitCode.USAGE if broken else ExitCode.DONE


@command.command("list")
@common
def list_(as_json: bool, site_file: Path | None, state_dir: Path | None, seed: int) -> None:
    """Every past campaign that is known, and how often forecasts held."""
    from spikekit import __version__
    from spikekit.cli.colour import echo
    from spikekit.cli.heading import heading
    from spikekit.history.state import state_folder
    from spikekit.report.review.past import past_lines
    from spikekit.review.hits import hits
    from spikekit.review.store import read_past, record_file

    state = state_folder(Path(), explicit=state_dir, site_file=site_file)
    past = read_past(state)
    for words in past.broken:
        click.echo(f"spikekit: {words}", err=True)
    now = datetime.now(UTC)
    if as_json:
        head = heading(LIST_SCHEMA, created=now, seed=seed, inputs={})
        known = [
            {"file": str(record_file(state, r)), **r.document(recorded=now, tool_version=__version__)}
            for r in past.records
        ]
        print_document({**head, "past": known, "left_out": list(past.broken)})
    elif past.records:
        echo("\n".join(past_lines(past.records, hits(past.records))))
    else:
        click.echo(f"No past campaign is known in {state} yet. To learn from an export:  spikekit past import FILE")


def _site_name(site_file: Path | None) -> str | None:
    from spikekit.site.file import SITE_FILE, find_site, load_site

    found = find_site(Path.cwd() / SITE_FILE, site_file)
    return load_site(found).name if found else None


def _kept(export: Export, state: Path) -> int:
    """How many campaigns were kept; a review knows more than an export, and stays."""
    from spikekit.review.record import Source
    from spikekit.review.store import keep, read_past

    now = datetime.now(UTC)
    reviews = [r for r in read_past(state).records if r.source is Source.REVIEW]
    return sum(keep(state, record, now=now, reviews=reviews) is not None for record in export.records)


def _learners(*, is_named: bool, site: str | None) -> str:
    """Who looks for past campaigns in that state folder."""
    if is_named:
        return "every forecast with the same --state learns from them."
    if site is not None:
        return f"every forecast of {site} learns from them."
    return (
        "no site.yaml was found, so only campaigns in this very folder learn from them. For the whole site, "
        "run it in the project's folder, or name its state with --state DIR."
    )


def _show(export: Export, kept: int, outcome: str, *, as_json: bool, seed: int) -> None:
    from spikekit.cli.colour import echo
    from spikekit.cli.heading import heading
    from spikekit.files.digest import digest
    from spikekit.report.review.past import export_lines

    for problem in export.problems:
        click.echo(str(problem), err=True)
    if as_json:
        inputs = {str(export.path): digest(export.path)}
        head = heading(IMPORT_SCHEMA, created=datetime.now(UTC), seed=seed, inputs=inputs)
        print_document({**head, **_document(export, kept)})
        return
    echo("\n".join(export_lines(export, outcome=outcome)))


def _dry(export: Export, state: Path, learners: str, *, broken: bool) -> str:
    """What would become of it without ``--dry-run``."""
    from spikekit.wording import plural

    if broken:
        skip = "; --skip-bad leaves those rows out" if export.records else ""
        return f"{plural(len(export.problems), 'problem')} told above: until the table is mended nothing is kept{skip}."
    return f"Nothing was kept: without --dry-run it is, in {state}; {learners}{_left_out(export)}"


def _outcome(export: Export, kept: int, state: Path, learners: str) -> str:
    """What became of it."""
    from spikekit.wording import plural

    stayed = len(export.records) - kept
    outcome = f"{plural(kept, 'campaign')} kept in {state}; {learners}"
    if stayed:
        outcome += (
            f" {plural(stayed, 'campaign')} had been reviewed before, which is worth more: nothing changed there."
        )
    return outcome + _left_out(export)


def _left_out(export: Export) -> str:
    from spikekit.wording import plural

    bad = plural(len(export.problems), "problem")
    return f" {bad} told above; those rows are left out." if export.problems else ""


def _document(export: Export, kept: int) -> dict[str, Any]:
    results = [
        {
            "campaign": r.campaign,
            "date": r.date.isoformat() if r.date else None,
            "kind": r.kind.value,
            "account": r.account,
            "audience": r.audience,
            "clicks": r.clicks,
            "is_lower_bound": r.is_lower_bound,
        }
        for r in export.results
    ]
    problems = [{"line": p.line, "column": p.column, "path": p.path, "message": p.message} for p in export.problems]
    return {
        "columns": dict(export.columns),
        "unused": list(export.unused),
        "results": results,
        "problems": problems,
        "doubles": export.doubles,
        "kept": kept,
    }
