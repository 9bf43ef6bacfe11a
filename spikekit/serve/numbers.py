"""From a project's files and runs to its numbers: the same answers that the commands give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from spikekit.campaign.model import Campaign
from spikekit.errors import SpikekitError
from spikekit.forecast.band import Band, band
from spikekit.forecast.combined import neighbours
from spikekit.forecast.forecast import Forecast, forecast
from spikekit.gate.kept import who_passed
from spikekit.history.entry import RunEntry, RunState
from spikekit.history.index import list_runs
from spikekit.history.known import Known, asked_of_campaign, asked_of_tonight
from spikekit.history.pages import measured_landing
from spikekit.metrics.project import CampaignNumbers, Curve, ProjectNumbers, TargetNumbers
from spikekit.readiness.answer import assess
from spikekit.readiness.evidence import Evidence, chosen
from spikekit.serve.answers import Answers
from spikekit.serve.evidence import evidence_by_campaign
from spikekit.serve.place import Place
from spikekit.site.file import load_site
from spikekit.site.model import Site
from spikekit.site.project import Kind, check
from spikekit.vocabulary import Range, RunKind, Status, Verdict

MOST_CAMPAIGNS = 100
"""Those that launch next come first; each has a dozen series."""

KEPT_AFTER_LAUNCH = timedelta(days=14)
"""A campaign is told of for so long after its launch: until its traffic has passed."""

TONIGHT = ""
"""The answer for a campaign launched now; no campaign has this id."""

QUANTILES = (0.5, 0.9, 0.99)

Tell = Callable[[str], object]


def project_numbers(place: Place, tell: Tell, answers: Answers | None = None) -> ProjectNumbers:
    """Read everything; reckon what ``answers`` does not know yet.

    ``tell`` hears of what had to be left out. Raises ``FileProblems`` for a site without sense.
    """
    answers = answers or Answers()
    known = place.known()
    site = load_site(place.site_file)
    confirmed, problems = _confirmed(place, tell)
    campaigns = _felt(confirmed, known.now, tell)
    evidence = evidence_by_campaign(place.state, (c for c, _ in campaigns))
    runs = list_runs(place.state)
    passed = _gate(place.gate, tell)
    numbers = []
    for campaign, file in campaigns:
        others = neighbours(campaign, (c for c, _ in confirmed))
        own = evidence[campaign.id]
        basis = (site, campaign, others, own, known.past)
        of_it = replace(known, evidence=own)
        try:
            told = answers.answer(campaign.id, basis, partial(_of_campaign, campaign, file, of_it))
        except SpikekitError as error:
            tell(f"{file} is left out: {error.message}")
            problems += 1
            continue
        numbers.append(replace(told, gate_passed=passed.get(campaign.id), **_rehearsed(campaign.id, runs)))
    of_all = replace(known, evidence=evidence[None])
    # Normal traffic has its hours, so what is safe now does, too.
    hour = known.now.replace(minute=0, second=0, microsecond=0)
    production, survivable = answers.answer(
        TONIGHT, (site, evidence[None], known.past, hour), partial(_tonight, of_all, tell)
    )
    answers.forget_unasked()
    return ProjectNumbers(
        site=site.name,
        read=known.now.timestamp(),
        error_ratio=site.objectives.errors,
        campaigns=tuple(numbers),
        targets=tuple(_targets(site, evidence[None], known.now)),
        production=production,
        survivable=survivable,
        problems=problems,
    )


def _confirmed(place: Place, tell: Tell) -> tuple[list[tuple[Campaign, Path]], int]:
    """The confirmed campaigns, and how many files have problems."""
    read = check([place.folder], place.site_file)
    wrong = [r for r in read if r.problems and r.kind is not Kind.SITE]
    for each in wrong:
        tell(f"{each.path} has problems and is left out; see: spikekit check {each.path}")
    found = [
        (r.campaign, r.path)
        for r in read
        if not r.problems and r.campaign is not None and r.campaign.status is Status.CONFIRMED
    ]
    return found, len(wrong)


def _felt(confirmed: Sequence[tuple[Campaign, Path]], now: datetime, tell: Tell) -> list[tuple[Campaign, Path]]:
    """Those that are to come or still felt, the next first."""
    felt = [(c, file) for c, file in confirmed if c.launch.astimezone(UTC) > now - KEPT_AFTER_LAUNCH]
    felt.sort(key=lambda pair: pair[0].launch.astimezone(UTC))
    if len(felt) > MOST_CAMPAIGNS:
        tell(f"{len(felt)} campaigns are too many for one endpoint; the next {MOST_CAMPAIGNS} are told of")
    return felt[:MOST_CAMPAIGNS]


def _of_campaign(campaign: Campaign, file: Path, known: Known) -> CampaignNumbers:
    """What takes a second: the forecast and the chance to hold."""
    question = asked_of_campaign(file, known).question
    answer = assess(question, with_advice=False)
    landing = measured_landing(known.state, question.site)
    # With as many draws as `forecast` makes, so that both tell the same figures.
    traffic = forecast(campaign, site=question.site, seed=known.seed, past=known.past, landing=landing)
    return CampaignNumbers(
        id=campaign.id,
        launch=campaign.launch.timestamp(),
        curve=_curve(traffic),
        peak={q: float(np.quantile(traffic.peak_requests_per_second, q)) for q in QUANTILES},
        survival=answer.survival,
        cleared=answer.is_cleared,
    )


def _curve(traffic: Forecast) -> Curve:
    """The band of requests: every wave weighed by what its visitors ask for, reloads included."""
    found: Band = band(tuple(replace(w, volume=w.volume * w.requests_per_visitor) for w in traffic.waves))
    launch = traffic.campaign.launch.timestamp()
    rates = zip(QUANTILES, (found.p50, found.p90, found.p99), strict=True)
    return Curve(
        instants=tuple(launch + float(t) for t in found.offset_seconds),
        by_quantile={q: tuple(float(rate) for rate in of) for q, of in rates},
    )


def _rehearsed(campaign: str, runs: Sequence[RunEntry]) -> dict[str, Any]:
    """Its newest rehearsal that said anything about the site; ``runs`` come with the newest first."""
    for run in runs:
        whole = run.state is RunState.FINISHED and not run.interrupted
        told = run.verdict in (Verdict.READY, Verdict.NOT_READY)
        if run.campaign == campaign and run.kind is RunKind.REHEARSAL and whole and told:
            created = datetime.fromisoformat(run.created).timestamp()
            return {"rehearsed": created, "rehearsal_held": run.verdict is Verdict.READY}
    return {}


def _targets(site: Site, evidence: Sequence[Evidence], now: datetime) -> list[TargetNumbers]:
    """What is known of each target that was measured, by its most telling evidence."""
    best = (chosen(evidence, target=target.name, now=now)[:1] for target in site.targets)
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


def _tonight(known: Known, tell: Tell) -> tuple[Range | None, dict[str, int]]:
    """What production holds, requests/s, and the largest audience of each kind that is safe now."""
    try:
        found = assess(asked_of_tonight(known).question, with_advice=False)
    except SpikekitError as error:
        tell(f"what is safe now is not known: {error.message}")
        return None, {}
    capacity, unit = found.capacity, found.unit
    production = None if capacity is None or unit is None else capacity.times(unit.requests)
    return production, {kind.value: count for kind, count in found.survivable.items()}


def _gate(file: Path, tell: Tell) -> dict[str, bool]:
    """Who passed and who did not, as the gate said the last time."""
    try:
        return who_passed(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        tell(f"{file} is no document of the gate: {error}")
        return {}
