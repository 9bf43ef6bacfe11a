"""From a project's files to the question of readiness: the campaign, the others of its hours, and what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from spikekit.campaign.file import load_campaign
from spikekit.campaign.model import Campaign
from spikekit.errors import UsageError
from spikekit.files.echo import nearest
from spikekit.forecast.calibration import PastResult
from spikekit.forecast.combined import neighbours
from spikekit.forecast.forecast import drawn
from spikekit.history.evidence import kept_evidence, read_evidence
from spikekit.readiness.answer import DRAWS
from spikekit.readiness.audience import TONIGHT_DRAWS, any_channel, heaviest_journey
from spikekit.readiness.evidence import Evidence, chosen
from spikekit.readiness.question import GOAL, Question
from spikekit.site.file import load_site
from spikekit.site.model import Site, Target
from spikekit.site.project import Kind, check
from spikekit.vocabulary import DEFAULT_SEED, Range, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Where to look: the site's file and state folder, files of evidence, own past results, and what time it is.

    ``target`` names one of the site's targets; ``None`` is the one of which most is known. Where ``evidence`` is given,
    it counts and nothing else is looked for.
    """

    site_file: Path
    state: Path
    now: datetime
    target: str | None = None
    evidence_files: tuple[Path, ...] = ()
    evidence: tuple[Evidence, ...] | None = None
    past: tuple[PastResult, ...] = ()
    seed: int = DEFAULT_SEED


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The ``question``, the ``files`` it was made from, and in words what was ``left_out``."""

    question: Question
    files: tuple[Path, ...]
    left_out: tuple[str, ...] = ()


def asked_of_campaign(file: Path, known: Known) -> Asked:
    """Will the campaign in ``file`` hold? Raises ``FileProblems`` and ``UsageError``."""
    site = load_site(known.site_file)
    campaign = load_campaign(file, site)
    others, other_files, left_out = _others(campaign, known.site_file)
    evidence = _evidence(known, site, campaign)
    question = Question(
        forecast=drawn(campaign, site=site, seed=known.seed, draws=DRAWS, past=known.past),
        others=tuple(drawn(o, site=site, seed=known.seed, draws=DRAWS, past=known.past) for o in others),
        site=site,
        evidence=tuple(evidence),
        ratio=_ratio(site, evidence),
        goal=site.clearance or GOAL,
        now=known.now,
    )
    files = (file, known.site_file, *other_files, *known.evidence_files)
    return Asked(question=question, files=files, left_out=tuple(left_out))


def asked_of_tonight(known: Known) -> Asked:
    """What would be safe now, of every kind of channel, for visitors who ask most of the site?

    Raises ``FileProblems`` and ``UsageError``.
    """
    site = load_site(known.site_file)
    evidence = _evidence(known, site, None)
    journey = heaviest_journey(site, evidence[0] if evidence else None)
    # A clock's time without a zone in the site's curve is the clock of whoever asks.
    campaign = any_channel(known.now.astimezone(), journey)
    question = Question(
        forecast=drawn(campaign, site=site, seed=known.seed, draws=TONIGHT_DRAWS, past=known.past),
        site=site,
        evidence=tuple(evidence),
        ratio=_ratio(site, evidence),
        goal=site.clearance or GOAL,
        now=known.now,
    )
    return Asked(question=question, files=(known.site_file, *known.evidence_files))


def _evidence(known: Known, site: Site, campaign: Campaign | None) -> list[Evidence]:
    """What is known of the target; files that were named count alone."""
    if known.target is not None and site.target(known.target) is None:
        names = [t.name for t in site.targets]
        near = nearest(known.target, names)
        raise UsageError(
            f'no target "{known.target}" in {known.site_file}; it has {", ".join(names) or "none"}',
            hint=f"did you mean {near}?" if near else None,
        )
    if known.evidence is not None:
        found = list(known.evidence)
    elif known.evidence_files:
        found = read_evidence(known.evidence_files, campaign)
    else:
        found = kept_evidence(known.state, campaign)
    names = [known.target] if known.target else [t.name for t in site.targets]
    fitting = [e for e in found if e.target in names]
    if known.evidence_files and known.evidence is None and not fitting:
        raise UsageError(
            f"that evidence is of {', '.join(sorted({e.target for e in found}))}, which {known.site_file} does not name"
        )
    mix = [name for c in (campaign.channels if campaign else ()) for name, _ in c.journey]
    return chosen(fitting, target=known.target, journeys=mix, now=known.now)


def _ratio(site: Site, evidence: Sequence[Evidence]) -> Range | None:
    target: Target | None = site.target(evidence[0].target) if evidence else None
    return target.capacity_ratio if target else None


def _others(campaign: Campaign, site_file: Path) -> tuple[tuple[Campaign, ...], list[Path], list[str]]:
    """The other confirmed campaigns of the project in the same hours; files with problems are told and left out."""
    found: dict[str, tuple[Campaign, Path]] = {}
    left_out = []
    for read in check([site_file.parent]):
        if read.problems and read.kind is not Kind.SITE:
            left_out.append(f"{read.path} has problems and is not counted; see: spikekit check {read.path}")
        elif read.campaign is not None and read.campaign.status is Status.CONFIRMED:
            found[read.campaign.id] = (read.campaign, read.path)
    near = neighbours(campaign, (c for c, _ in found.values()))
    return near, [found[c.id][1] for c in near], left_out
