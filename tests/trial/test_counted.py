"""How many requests a visitor of a search is said to send."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spikekit.profile.requests import PageRequests
from spikekit.site.model import Journey, Objectives, Site, Step, Target
from spikekit.trial.asked import Asked
from spikekit.trial.counted import requests_per_visitor
from spikekit.trial.plain import PlainLoad, asked_load
from spikekit.verdict.judge import judged
from spikekit.verdict.run import Assets, Requests, Run, StepResult
from spikekit.vocabulary import Verdict
from tests.verdict.recordings import busy_second, plan, recorded


def _asked(*, locust: str | None = None) -> Asked:
    """A landing page with its files; half go on, to a page whose files nobody asks for."""
    landing = Step(name="landing page", method="GET", path="{landing}", assets="auto")
    more = Step(name="GET /more", method="GET", path="/more", continue_ratio=0.5)
    journey = Journey(name="look", steps=() if locust else (landing, more), locust=locust)
    target = Target(name="staging", url="http://127.0.0.1:1", consent="private")
    site = Site(name="shop", production=None, targets=(target,), objectives=Objectives(), journeys=(journey,))
    load = PlainLoad(rate=10.0, duration_seconds=10.0, journey="look")
    return asked_load(load, site, command="spikekit capacity", inputs={})


def _run(verdict: Verdict, *, pages: int, failed: int = 0, more: int = 0, files: int = 0) -> Run:
    run = judged(plan(), recorded(1, busy_second))
    steps = [
        StepResult(name=name, requests=n, failed=f, latency_seconds=run.latency_seconds)
        for name, n, f in (("landing page", pages, failed), ("GET /more", more, 0))
    ]
    return replace(run, verdict=verdict, steps=steps, assets=Assets(requests=files))


def test_the_files_of_the_runs_that_held_are_counted_and_the_journey_says_the_pages() -> None:
    """Nine in ten of a trial's visitors may still be reading when it ends: that half go on is the journey's own."""
    held = [_run(Verdict.READY, pages=100, failed=20, more=4, files=240), _run(Verdict.READY, pages=20, files=60)]
    overloaded = _run(Verdict.NOT_READY, pages=1000, files=10)
    assert requests_per_visitor(_asked().seen(PageRequests(seen={"/": 9.0})), [*held, overloaded]) == pytest.approx(
        1 + 3 + 0.5
    )


def test_where_nothing_held_a_page_costs_what_the_look_saw_or_the_prior_says() -> None:
    overloaded = [_run(Verdict.NOT_READY, pages=1000, files=10)]
    assert requests_per_visitor(_asked().seen(PageRequests(seen={"/": 9.0})), overloaded) == pytest.approx(9.5)
    assert requests_per_visitor(_asked(), overloaded) == pytest.approx(25.5)


def test_of_a_journey_in_code_of_its_own_all_that_was_sent_counts() -> None:
    run = _run(Verdict.READY, pages=0)
    started = run.visitors.started
    busy = replace(run, requests=Requests(sent=3 * started, succeeded=3 * started, failed=0))
    asked = _asked(locust="code.py:User")
    assert requests_per_visitor(asked, [busy]) == pytest.approx(3.0)
    assert requests_per_visitor(asked, []) == 1.0
