"""From a project's files and runs to its numbers: the same answers that the commands give."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from spikekit.campaign.model import Campaign
from spikekit.errors import SpikekitError
from spikekit.forecast.band import Band, band
from spikekit.forecast.forecast import Forecast
from spikekit.history.entry import RunEntry, RunState
from spikekit.history.evidence import kept_evidence
from spikekit.history.index import list_runs
from spikekit.history.known import Known, asked_of_campaign, asked_of_tonight
from spikekit.metrics.project import CampaignNumbers, Curve, ProjectNumbers, TargetNumbers
from spikekit.readiness.answer import Readiness, assess
from spikekit.readiness.evidence import Evidence, chosen
from spikekit.serve.place import Place
from spikekit.site.file import load_site
from spikekit.site.model import Site
from spikekit.site.project import Kind, check
from spikekit.vocabulary import Range, RunKind, Status, Verdict

MOST_CAMPAIGNS = 100
"""Those that launch next come first; each has a dozen series."""

KEPT_AFTER_LAUNCH = timedelta(days=14)
"""A campaign is told of for so long after its launch: until its traffic has passed."""

GATE_SCHEMA = "spikekit.gate/1"
QUANTILES = (0.5, 0.9, 0.99)

Tell = Callable[[str], object]


def project_numbers(place: Place, tell: Tell) -> ProjectNumbers:
    """Read everything. ``tell`` hears of what had to be left out. Raises ``FileProblems`` for a site without sense."""
    known = place.known()
    site = load_site(place.site_file)
    campaigns, problems = _campaigns(place, known.now, tell)
    runs = list_runs(place.state)
    passed = _gate(place.gate, tell)
    numbers = []
    for campaign, file in campaigns:
        try:
            numbers.append(_of_campaign(campaign, file, known, runs, passed))
        except SpikekitError as error:
            tell(f"{file} is left out: {error.message}")
            problems += 1
    tonight = _tonight(known, tell)
    return ProjectNumbers(
        site=site.name,
        read=known.now.timestamp(),
        error_ratio=site.objectives.errors,
        campaigns=tuple(numbers),
        targets=tuple(_targets(site, place.state)),
        production=_production(tonight),
        survivable={kind.value: count for kind, count in tonight.survivable.items()} if tonight else {},
        problems=problems,
    )


def _campaigns(place: Place, now: datetime, tell: Tell) -> tuple[list[tuple[Campaign, Path]], int]:
    """The confirmed campaigns that are to come or still felt, the next first; and how many files have problems."""
    read = check([place.folder], place.site_file)
    wrong = [r for r in read if r.problems and r.kind is not Kind.SITE]
    for each in wrong:
        tell(f"{each.path} has problems and is left out; see: spikekit check {each.path}")
    found = [
        (r.campaign, r.path)
        for r in read
        if not r.problems and r.campaign is not None and r.campaign.status is Status.CONFIRMED
    ]
    felt = [(c, file) for c, file in found if c.launch.astimezone(UTC) > now - KEPT_AFTER_LAUNCH]
    felt.sort(key=lambda pair: pair[0].launch.astimezone(UTC))
    if len(felt) > MOST_CAMPAIGNS:
        tell(f"{len(felt)} campaigns are too many for one endpoint; the next {MOST_CAMPAIGNS} are told of")
    return felt[:MOST_CAMPAIGNS], len(wrong)


def _of_campaign(
    campaign: Campaign, file: Path, known: Known, runs: Sequence[RunEntry], passed: dict[str, bool]
) -> CampaignNumbers:
    answer = assess(asked_of_campaign(file, known).question, with_advice=False)
    forecast = answer.question.forecast
    assert isinstance(forecast, Forecast)
    rehearsal = _last_rehearsal(campaign.id, runs)
    return CampaignNumbers(
        id=campaign.id,
        launch=campaign.launch.timestamp(),
        curve=_curve(forecast),
        peak={q: float(np.quantile(forecast.peak_requests_per_second, q)) for q in QUANTILES},
        survival=answer.survival,
        cleared=answer.is_cleared,
        gate_passed=passed.get(campaign.id),
        rehearsed=datetime.fromisoformat(rehearsal.created).timestamp() if rehearsal else None,
        rehearsal_held=rehearsal is not None and rehearsal.verdict is Verdict.READY,
    )


def _curve(forecast: Forecast) -> Curve:
    """The band of requests: every wave weighed by what its visitors ask for, reloads included."""
    found: Band = band(tuple(replace(w, volume=w.volume * w.requests_per_visitor) for w in forecast.waves))
    launch = forecast.campaign.launch.timestamp()
    rates = zip(QUANTILES, (found.p50, found.p90, found.p99), strict=True)
    return Curve(
        instants=tuple(launch + float(t) for t in found.offset_seconds),
        by_quantile={q: tuple(float(rate) for rate in of) for q, of in rates},
    )


def _last_rehearsal(campaign: str, runs: Sequence[RunEntry]) -> RunEntry | None:
    """The newest one that said anything about the site; ``runs`` come with the newest first."""
    for run in runs:
        whole = run.state is RunState.FINISHED and not run.interrupted
        told = run.verdict in (Verdict.READY, Verdict.NOT_READY)
        if run.campaign == campaign and run.kind is RunKind.REHEARSAL and whole and told:
            return run
    return None


def _targets(site: Site, state: Path) -> list[TargetNumbers]:
    """What is known of each target that was measured, by its most telling evidence."""
    evidence = kept_evidence(state, None)
    best = (chosen(evidence, target=target.name)[:1] for target in site.targets)
    return [_target(found[0]) for found in best if found]


def _target(evidence: Evidence) -> TargetNumbers:
    warm, requests = evidence.capacity.warm, evidence.requests_per_visitor or 1.0
    return TargetNumbers(
        name=evidence.target,
        low=warm.low * requests,
        likely=warm.likely * requests,
        high=None if warm.high is None else warm.high * requests,
        measured=evidence.created.timestamp(),
    )


def _tonight(known: Known, tell: Tell) -> Readiness | None:
    try:
        return assess(asked_of_tonight(known).question, with_advice=False)
    except SpikekitError as error:
        tell(f"what is safe now is not known: {error.message}")
        return None


def _production(tonight: Readiness | None) -> Range | None:
    if tonight is None or tonight.capacity is None or tonight.unit is None:
        return None
    return tonight.capacity.times(tonight.unit.requests)


def _gate(file: Path, tell: Tell) -> dict[str, bool]:
    """Who passed and who did not, of those that were due, as the gate's newest document says."""
    try:
        document: Any = json.loads(file.read_bytes())
        if document["schema"] != GATE_SCHEMA:
            raise ValueError(f"expected {GATE_SCHEMA}")
        due = [c for c in document["campaigns"] if c["status"] is not None]
        return {str(c["campaign"]): bool(c["passed"]) for c in due}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        tell(f"{file} is no document of the gate: {error}")
        return {}
