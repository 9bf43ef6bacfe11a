"""The demo's chapters: a campaign, its forecast, what the shop holds, the rehearsal, the chance of holding."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from spikekit.campaign.file import load_campaign
from spikekit.campaign.model import Campaign
from spikekit.capacity.document import CapacityRun
from spikekit.engine.plan import Plan
from spikekit.files.digest import digest
from spikekit.forecast.forecast import Forecast, forecast
from spikekit.history.known import Known, asked_of_campaign
from spikekit.measurement.second import Second
from spikekit.readiness.answer import Readiness, assess
from spikekit.shop.settings import Settings
from spikekit.site.file import load_site
from spikekit.site.model import Site
from spikekit.trial.asked import Asked
from spikekit.trial.rehearsal import Rehearsal, asked_rehearsal
from spikekit.trial.run import run_trial
from spikekit.trial.search import OnTrial, Sought, search_capacity
from spikekit.verdict.run import Run

SHOP = Settings(slots=4, service_seconds=0.2, queue=60)
"""A small shop: four pages at a time, 200 ms each, so 20 pages/s; whoever finds sixty waiting is turned away."""

SEARCH_SECONDS = 44.0
WINDOW_SECONDS = 20.0
_REHEARSAL_DRAIN_SECONDS = 8.0

OnSecond = Callable[[Plan, Second], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The scenario with its shop open at ``url``; runs are kept in ``state``."""

    campaign_file: Path
    site_file: Path
    campaign: Campaign
    site: Site
    state: Path
    seed: int
    inputs: dict[str, str]


def scenario_folder() -> Path:
    """Where the scenarios are: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


def staged(url: str, state: Path, seed: int) -> Stage:
    """The celebrity's post, and the shop at ``url`` as the only target."""
    folder = scenario_folder()
    campaign_file, site_file = folder / "campaigns" / "celebrity-tweet.yaml", folder / "site.yaml"
    site = load_site(site_file)
    site = replace(site, targets=tuple(replace(t, url=url) for t in site.targets))
    return Stage(
        campaign_file=campaign_file,
        site_file=site_file,
        campaign=load_campaign(campaign_file, site),
        site=site,
        state=state,
        seed=seed,
        inputs={str(f.relative_to(folder)): digest(f) for f in (campaign_file, site_file)},
    )


def drawn(stage: Stage) -> Forecast:
    """What the post will bring."""
    return forecast(stage.campaign, site=stage.site, seed=stage.seed)


def measured(stage: Stage, on_trial: OnTrial, on_second: OnSecond) -> CapacityRun:
    """What the shop holds, of its commonest journey: a search with little time."""
    found = search_capacity(
        Sought(budget_seconds=SEARCH_SECONDS, journey="look", path="/books", seed=stage.seed),
        stage.site,
        stage.state,
        command="spikekit demo",
        inputs=stage.inputs,
        environ=os.environ,
        on_trial=on_trial,
        on_second=on_second,
    )
    if found.interrupted:
        raise KeyboardInterrupt
    return found


def rehearsed(stage: Stage, on_second: OnSecond) -> Run:
    """The busiest seconds of a spike that only one post in ten exceeds."""
    rehearsal = Rehearsal(window_seconds=WINDOW_SECONDS, seed=stage.seed)
    asked = asked_rehearsal(rehearsal, stage.campaign, stage.site, command="spikekit demo", inputs=stage.inputs)
    return _run(replace(asked, drain_seconds=_REHEARSAL_DRAIN_SECONDS), stage, on_second)


def answered(stage: Stage) -> Readiness:
    """Whether production will hold, from what the chapters before measured."""
    # The scenario's day may be over when somebody looks at the demo; its question is asked on its eve at the latest.
    now = min(datetime.now(UTC), stage.campaign.launch)
    known = Known(site_file=stage.site_file, state=stage.state, now=now, seed=stage.seed)
    return assess(asked_of_campaign(stage.campaign_file, known).question)


def _run(asked: Asked, stage: Stage, on_second: OnSecond) -> Run:
    run = run_trial(asked, stage.state, environ=os.environ, on_second=on_second)
    if run.interrupted:
        raise KeyboardInterrupt
    return run
