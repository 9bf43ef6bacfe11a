"""``site.yaml`` → a site: what the file says becomes what the program thinks, or every problem at once."""

from __future__ import annotations

from pathlib import Path

from spikekit.campaign.past import REQUESTS_PER_SECOND, past_curve
from spikekit.errors import FileProblems, Problem, UsageError
from spikekit.files.parse import parse_file
from spikekit.files.schema import sure
from spikekit.files.tree import Node, Place, Reading
from spikekit.site.declared import NormalTrafficFile, SiteFile, TargetFile
from spikekit.site.model import (
    LANDING_STEP,
    Expect,
    Habits,
    Journey,
    Limits,
    NormalTraffic,
    Objectives,
    Production,
    Reload,
    Site,
    Step,
    Target,
    Tls,
)
from spikekit.site.steps import JourneyFile, StepFile

SITE_FILE = "site.yaml"


def load_site(path: Path) -> Site:
    """The site in a file. Raises ``FileProblems`` with every problem of it and of the tables it names."""
    site, problems = read_site(path)
    if site is None:
        raise FileProblems(problems)
    return site


def read_site(path: Path) -> tuple[Site | None, list[Problem]]:
    """The site, or ``None`` and all its problems."""
    node, reading = parse_file(path)
    site = None if node is None else site_from(node, reading, path)
    return site, reading.sorted()


def site_from(node: Node, reading: Reading, path: Path) -> Site | None:
    """The site of an already parsed file; problems go to ``reading``."""
    said = SiteFile.read(Place(node, "", reading))
    if said is None:
        return None
    normal = _normal_traffic(said.normal_traffic, reading)
    if reading.problems:
        return None
    return Site(
        name=sure(said.site),
        production=_production(said),
        targets=tuple(_target(name, target) for name, target in said.targets),
        objectives=_objectives(said),
        journeys=tuple(_journey(name, journey) for name, journey in said.journeys),
        normal_traffic=normal,
        habits=_habits(said),
        clearance=said.clearance.survival if said.clearance else None,
        referrers=said.referrers,
        path=path,
    )


def journey_names(node: Node, reading: Reading) -> list[str]:
    """The journeys a parsed site names, however wrong the rest of it is."""
    return list(Place(node, "", reading).names("journeys"))


def find_site(campaign: Path, explicit: Path | None = None) -> Path | None:
    """The site of a campaign file: ``explicit``, else ``site.yaml`` beside it, then upward; ``None`` where none is.

    Raises ``UsageError`` when ``explicit`` does not exist.
    """
    if explicit is not None:
        if not explicit.is_file():
            raise UsageError(f"no such file: {explicit}", hint="--site names a site.yaml")
        return explicit
    if (beside := campaign.parent / SITE_FILE).is_file():
        return beside
    folders = campaign.absolute().parent.resolve().parents
    above = next((f / SITE_FILE for f in folders if (f / SITE_FILE).is_file()), None)
    if above is None or campaign.is_absolute() or not above.is_relative_to(Path.cwd()):
        return above
    return above.relative_to(Path.cwd())


def _production(said: SiteFile) -> Production | None:
    if said.production is None:
        return None
    given = said.production
    return Production(url=sure(given.url), busiest_minute=given.busiest_minute, replicas=given.replicas)


def _target(name: str, said: TargetFile) -> Target:
    limits, tls = said.limits, said.tls
    return Target(
        name=name,
        url=sure(said.url),
        capacity_ratio=said.capacity_ratio,
        limits=Limits(requests_per_second=limits.requests_per_second, duration_seconds=limits.duration)
        if limits
        else Limits(),
        consent=said.consent,
        addresses=said.addresses,
        windows=said.windows,
        side_effects=said.side_effects,
        headers=said.headers,
        tls=Tls(verify=tls.verify, ca_file=tls.ca_file) if tls else Tls(),
    )


def _objectives(said: SiteFile) -> Objectives:
    given = said.objectives
    if given is None:
        return Objectives()
    return Objectives(latency=given.latency, errors=given.errors, visitors=given.visitors, headroom=given.headroom)


def _habits(said: SiteFile) -> Habits:
    again = said.reload
    reload = Reload(after_seconds=sure(again.after), times=sure(again.times)) if again else None
    return Habits(patience=said.patience, reload=reload, click_ids=said.click_ids)


def _normal_traffic(said: NormalTrafficFile | None, reading: Reading) -> NormalTraffic | None:
    if said is None:
        return None
    curve = past_curve(said.curve, reading, value=REQUESTS_PER_SECOND) if said.curve else None
    rates = said.requests_per_second
    if rates is None:
        return NormalTraffic(curve=curve)
    return NormalTraffic(typical=rates.typical, busy=rates.busy)


def _journey(name: str, said: JourneyFile) -> Journey:
    if said.locust is not None:
        return Journey(name=name, locust=said.locust)
    names = _step_names(said.steps)
    return Journey(name=name, steps=tuple(_step(s, n) for s, n in zip(said.steps, names, strict=True)))


def _step_names(steps: tuple[StepFile, ...]) -> list[str]:
    """Each step's own name, else ``landing page`` or ``GET /books/{id}``; numbered where a page comes again."""
    names: list[str] = []
    taken = {s.name for s in steps}
    for step in steps:
        method, path = sure(step.method).upper(), sure(step.path)
        first = step.name or (LANDING_STEP if (method, path) == ("GET", "{landing}") else f"{method} {path}")
        name, count = first, 2
        while step.name is None and (name in taken or name in names):
            name, count = f"{first} ({count})", count + 1
        names.append(name)
    return names


def _step(said: StepFile, name: str) -> Step:
    expect = said.expect
    return Step(
        name=name,
        method=sure(said.method).upper(),
        path=sure(said.path),
        expect=Expect(status=expect.status, text=expect.text) if expect else Expect(),
        think_seconds=said.think.mean_seconds if said.think else 0.0,
        pause=said.think,
        continue_ratio=said.continue_,
        data=said.data.path if said.data else None,
        pick=said.pick,
        capture=said.capture,
        form=said.form,
        json=said.json,
        headers=said.headers,
        assets="auto" if said.assets == "auto" else "none",
        host=said.host,
    )
