"""How ``spikekit gate`` gets its answer, rehearses what is missing, and says it everywhere in the same words."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from spikekit.cli.colour import echo
from spikekit.cli.gate_given import Given
from spikekit.cli.heading import heading
from spikekit.cli.known import known_past
from spikekit.cli.options import print_document
from spikekit.cli.page import is_standard_output, write_page
from spikekit.errors import FileProblems, UsageError
from spikekit.files.digest import digest
from spikekit.files.echo import quoted
from spikekit.gate.ask import Entrant, entrants, gate
from spikekit.gate.document import SCHEMA, gate_document
from spikekit.gate.gate import Gate
from spikekit.gate.kept import keep
from spikekit.gate.papers import Papers, kept_papers, read_papers
from spikekit.gate.rule import Rule, Waiver
from spikekit.history.known import Known
from spikekit.report.gate.annotations import Annotation, command_lines, gate_annotations, problem_annotations
from spikekit.report.gate.junit import gate_junit, problems_junit
from spikekit.report.gate.markdown import gate_markdown, problems_markdown, within_summary
from spikekit.report.gate.terminal import gate_lines
from spikekit.vocabulary import ExitCode
from spikekit.wording import plural


def decide(given: Given, now: datetime, *, as_json: bool) -> ExitCode:
    """Judge, write every report that was asked for, and say it. Problems of files are reported everywhere, too."""
    waivers = waivers_of(given)
    try:
        found = entrants(given.campaigns, given.site_file)
        papers = _papers(given, found)
        judged = _gate(given, waivers, found, papers, now)
        if given.rehearse and any(c.wants_rehearsal for c in judged.due):
            from spikekit.cli.gate_rehearsal import rehearsed

            papers = rehearsed(given, found, judged, papers)
            judged = _gate(given, waivers, found, papers, datetime.now(now.tzinfo))
    except FileProblems as error:
        text = problems_markdown(error.problems)
        _report(given, problems_junit(error.problems), text, problem_annotations(error.problems), os.environ)
        raise
    _report(given, gate_junit(judged), gate_markdown(judged), gate_annotations(judged), os.environ)
    head = _heading(given, found, papers, now)
    _keep(given, found, judged, head)
    if as_json:
        print_document(gate_document(judged, head))
    elif not any(is_standard_output(file) for file in given.reports.values()):
        echo("\n".join(gate_lines(judged)))
    return judged.exit_code


def waivers_of(given: Given) -> list[Waiver]:
    """Each ``--waive`` with its reason and its end. Raises ``UsageError``."""
    if not len(given.waive) == len(given.reason) == len(given.until):
        raise UsageError(
            "each --waive needs one --reason and one --until",
            hint='spikekit gate … --waive fry-reads --reason "queue page is on" --until 2026-12-01',
        )
    if len(set(given.waive)) < len(given.waive):
        raise UsageError("a campaign is waived once")
    if any(not reason.strip() for reason in given.reason):
        raise UsageError("--reason says why; it cannot be empty")
    told = zip(given.waive, given.reason, given.until, strict=True)
    return [Waiver(campaign=c, reason=" ".join(r.split()), until=_day(u)) for c, r, u in told]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--until: expected a day such as 2026-12-01, found {quoted(text)}") from None


def _papers(given: Given, found: Sequence[Entrant]) -> Papers:
    """What was brought along counts alone; without it, the history of each campaign's project."""
    if given.evidence_paths:
        return read_papers(given.evidence_paths)
    states = {given.state(e.file, e.site_file) for e in found}
    return Papers(documents=tuple(d for state in sorted(states) for d in kept_papers(state).documents))


def _gate(given: Given, waivers: list[Waiver], found: list[Entrant], papers: Papers, now: datetime) -> Gate:
    def known(file: Path, site_file: Path) -> Known:
        return Known(
            site_file=site_file,
            state=given.state(file, site_file),
            now=now,
            past=known_past(file.parent, state_dir=given.state_dir, site_file=site_file),
            seed=given.seed,
        )

    with _patience(len(found)):
        return gate(found, _rule(given), waivers, papers, known, now)


def _patience(campaigns: int) -> AbstractContextManager[object]:
    """Something that moves on a terminal while campaigns are drawn; nothing in a pipe."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(f"Judging {plural(campaigns, 'campaign')} …")


def _rule(given: Given) -> Rule:
    return Rule(
        within=timedelta(seconds=given.within),
        max_age=timedelta(seconds=given.max_age),
        min_survival=given.min_survival,
        label=given.label,
        target=given.target,
    )


def _heading(given: Given, found: Sequence[Entrant], papers: Papers, now: datetime) -> dict[str, object]:
    files = dict.fromkeys([*(e.file for e in found), *(e.site_file for e in found), *papers.files])
    return heading(SCHEMA, created=now, seed=given.seed, inputs={str(f): digest(f) for f in files})


def _keep(given: Given, found: Sequence[Entrant], judged: Gate, head: Mapping[str, Any]) -> None:
    """For ``serve``, in each project's own state folder; where that cannot be written, the gate is none the worse."""
    states = {e.campaign.id: given.state(e.file, e.site_file) for e in found}
    for state in sorted(set(states.values())):
        own = replace(judged, campaigns=tuple(c for c in judged.campaigns if states[c.campaign.id] == state))
        try:
            keep(gate_document(own, head), state)
        except UsageError as error:
            click.echo(f"spikekit: {error.message}; `spikekit serve` does not learn of this", err=True)


def _report(
    given: Given, junit: str, markdown: str, annotations: Sequence[Annotation], environ: Mapping[str, str]
) -> None:
    """Files that were asked for; in a GitHub workflow also the step's summary, and annotations on standard error."""
    for (option, file), text in zip(given.reports.items(), (junit, markdown), strict=True):
        if file is not None:
            write_page(text, file, option=option)
    if summary := environ.get("GITHUB_STEP_SUMMARY"):
        append_summary(Path(summary), markdown)
    if environ.get("GITHUB_ACTIONS") == "true":
        for line in command_lines(annotations):
            click.echo(line, err=True)


def append_summary(file: Path, text: str) -> None:
    """Add to the step's summary, in which others may have written. Raises ``UsageError``."""
    try:
        written = file.stat().st_size if file.exists() else 0
        with file.open("a", encoding="utf-8", errors="replace") as stream:
            stream.write(within_summary(text, written))
    except OSError as error:
        raise UsageError(f"cannot write GITHUB_STEP_SUMMARY ({file}): {error.strerror}") from error
