"""Plans, pages and hosts for the engine's tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spikekit.engine.plan import Host, Plan
from spikekit.engine.visitor.page import Page
from spikekit.engine.visitor.script import Library, Script, read_tables
from spikekit.profile.curve import RateCurve
from spikekit.profile.model import Profile, Stream
from spikekit.site.model import Journey, Objectives, Step
from spikekit.vocabulary import RunKind


def host(**changes: Any) -> Host:
    """The staging host, on this machine."""
    known: dict[str, Any] = {
        "name": "staging",
        "scheme": "http",
        "hostname": "shop.test",
        "port": 80,
        "addresses": ("127.0.0.1",),
    }
    return Host(**{**known, **changes})


def step(method: str = "GET", path: str = "/", **more: Any) -> Step:
    """One step, named by its method and path."""
    return Step(name=f"{method} {path}", method=method, path=path, **more)


def plan(
    *steps: Step,
    at: Host | None = None,
    rate: float = 10.0,
    seconds: float = 1.0,
    landing: str = "/",
    stream: Mapping[str, Any] | None = None,
    **more: Any,
) -> Plan:
    """A plan of one stream of visitors who take these steps."""
    arrivals = Stream(
        origin="load",
        curve=RateCurve.constant(rate, seconds),
        landing=landing,
        journey=(("look", 1.0),),
        **(stream or {}),
    )
    return Plan(
        id="run",
        kind=RunKind.LOAD,
        seed=7,
        profile=Profile(streams=(arrivals,), duration_seconds=seconds),
        journeys=(Journey(name="look", steps=steps or (step(),)),),
        hosts=(at or host(),),
        objectives=Objectives(),
        created="2026-12-04T18:00:00+00:00",
        tool_version="1",
        **more,
    )


def script_of(asked: Plan, environ: Mapping[str, str] | None = None) -> Script:
    """The compiled journey of the plan's only stream."""
    return Library(asked, environ or {}, read_tables(asked)).streams[0][0][1]


def page_of(asked: Plan, environ: Mapping[str, str] | None = None, number: int = 0) -> Page:
    """One compiled step of it."""
    return script_of(asked, environ).pages[number]


def headers_of(request: bytes) -> dict[str, str]:
    """A request's headers by their lower-case names; each may stand there once."""
    head = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    pairs = [line.partition(": ") for line in head]
    found = {name.lower(): value for name, _, value in pairs}
    assert len(found) == len(pairs), "a header stands there twice"
    return found
