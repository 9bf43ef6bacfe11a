"""From a project's files to the gate: each campaign with its site, what is known of capacity, and the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from spikekit.campaign.model import Campaign
from spikekit.errors import FileProblems, UsageError
from spikekit.files.echo import suggestion
from spikekit.files.parse import parse_file
from spikekit.files.tree import Place
from spikekit.gate.gate import Gate
from spikekit.gate.judge import Case, criteria
from spikekit.gate.judged import Judged
from spikekit.gate.papers import Papers
from spikekit.gate.rule import Rule, Waiver
from spikekit.gate.standing import Standing, standing
from spikekit.history.commands import rehearsal_command, search_command
from spikekit.history.known import Known, asked_of_campaign
from spikekit.readiness.answer import assess
from spikekit.readiness.evidence import Evidence
from spikekit.site.file import SITE_FILE, find_site, load_site
from spikekit.site.project import check

KnownOf = Callable[[Path, Path], Known]
"""(campaign's file, its site's file) → where to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """A campaign that was named, without problems, and where its file says when it launches."""

    campaign: Campaign
    file: Path
    site_file: Path
    line: int


def entrants(paths: Sequence[Path], site_file: Path | None) -> list[Entrant]:
    """The campaigns in the files and folders, by launch. Raises ``FileProblems`` and ``UsageError``."""
    read = check(paths, site_file)
    if problems := [p for r in read for p in r.problems]:
        raise FileProblems(problems)
    found = [_entrant(r.campaign, r.path, site_file) for r in read if r.campaign is not None]
    if not found:
        raise UsageError("no campaign file there", hint="name campaign files, or the folder they are in")
    return sorted(found, key=lambda e: (e.campaign.launch.astimezone(UTC), e.campaign.id))


def _entrant(campaign: Campaign, path: Path, site_file: Path | None) -> Entrant:
    site = find_site(path, site_file)
    if site is None:
        raise UsageError(f"no {SITE_FILE} beside {path} or above, so there is no site to judge")
    node, reading = parse_file(path)
    line = Place(node, "", reading).at("launch").node.line if node else 1
    return Entrant(campaign=campaign, file=path, site_file=site, line=line)


def gate(
    found: Sequence[Entrant], rule: Rule, waivers: Sequence[Waiver], papers: Papers, known: KnownOf, now: datetime
) -> Gate:
    """Judge every campaign. Raises ``UsageError`` for a waiver of nobody."""
    ids = [e.campaign.id for e in found]
    for waiver in waivers:
        if waiver.campaign not in ids:
            raise UsageError(f'no campaign "{waiver.campaign}" to waive{suggestion(waiver.campaign, ids)}')
    by_id = {w.campaign: w for w in waivers}
    judged = tuple(_judged(e, rule, by_id.get(e.campaign.id), papers, known, now) for e in found)
    return Gate(campaigns=judged, rule=rule, now=now)


def _judged(
    entrant: Entrant, rule: Rule, waiver: Waiver | None, papers: Papers, known: KnownOf, now: datetime
) -> Judged:
    campaign = entrant.campaign
    begun = Judged(
        campaign=campaign,
        file=entrant.file,
        line=entrant.line,
        standing=standing(campaign, now, rule.within),
        waiver=waiver,
        is_waiver_in_effect=waiver is not None and waiver.is_in_effect(campaign, now),
    )
    if begun.standing is not Standing.DUE:
        return begun
    where = replace(known(entrant.file, entrant.site_file), target=rule.target)
    names = [t.name for t in load_site(entrant.site_file).targets]
    evidence = [e for e in papers.evidence(campaign) if e.target in names]
    counted = _counted(evidence, rule, now)
    asked = asked_of_campaign(entrant.file, replace(where, evidence=counted))
    goal = asked.question.goal if rule.min_survival is None else rule.min_survival
    answer = assess(replace(asked.question, goal=goal), with_advice=False)
    case = Case(
        answer=answer,
        rehearsals=[r for r in papers.rehearsals(campaign) if r.target in names],
        left_out=asked.left_out,
        search=search_command(asked.question, where, label=rule.label),
        rehearsal=rehearsal_command(entrant.file, asked.question, where, label=rule.label),
        now=now,
    )
    return replace(begun, answer=answer, criteria=criteria(case, rule))


def _counted(evidence: Sequence[Evidence], rule: Rule, now: datetime) -> tuple[Evidence, ...]:
    """What is young enough and of this version; where nothing is, all of it, so that people hear what is known."""
    return tuple([e for e in evidence if rule.counts(e, now)] or evidence)
