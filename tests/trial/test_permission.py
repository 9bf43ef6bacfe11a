"""Leave to send, for everything a run touches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from spikekit.errors import Refused, UsageError
from spikekit.profile.requests import PageRequests
from spikekit.site.model import Journey, Limits, Objectives, Secret, Site, Step, Target
from spikekit.site.window import window
from spikekit.trial.asked import Asked
from spikekit.trial.permission import Permission
from spikekit.trial.plain import PlainLoad, asked_load
from spikekit.trial.run import plan_of
from tests.engine.servers import always, serving
from tests.ports import free_port


def _target(name: str, port: int, **more: object) -> Target:
    return Target(**{"name": name, "url": f"http://127.0.0.1:{port}", "consent": "private", **more})


def _step(method: str = "GET", **more: object) -> Step:
    return Step(**{"name": f"{method} /", "method": method, "path": "/", **more})


def _asked(*targets: Target, steps: tuple[Step, ...]) -> Asked:
    site = Site(
        name="bookshop",
        production=None,
        targets=targets,
        objectives=Objectives(),
        journeys=(Journey(name="look", steps=steps),),
    )
    load = PlainLoad(rate=10.0, duration_seconds=1.0, target=targets[0].name, journey="look")
    return asked_load(load, site, command="spikekit load", inputs={})


def test_the_run_s_hosts_are_bound_to_permitted_addresses_the_main_one_first() -> None:
    api = _target("api", 8081)
    asked = _asked(_target("staging", 8080), api, steps=(_step(), _step(host="api")))
    hosts = Permission(asked, {}).hosts
    assert [(h.name, h.port, h.addresses) for h in hosts] == [
        ("staging", 8080, ("127.0.0.1",)),
        ("api", 8081, ("127.0.0.1",)),
    ]


def test_a_run_keeps_to_the_lowest_limit_of_the_targets_it_goes_to() -> None:
    """All requests together: what a target that no step goes to allows is nothing to this run."""
    targets = [
        _target("staging", 8080, limits=Limits(requests_per_second=50.0)),
        _target("api", 8081, limits=Limits(requests_per_second=20.0)),
        _target("other", 8082, limits=Limits(requests_per_second=1.0)),
        _target("free", 8083),
    ]
    for hosts, limit in (((None,), 50.0), ((None, "api"), 20.0), ((None, "free"), 50.0)):
        asked = _asked(*targets, steps=tuple(_step(host=host) for host in hosts))
        plan = plan_of(asked, Permission(asked, {}), "run", datetime.now(UTC))
        assert plan.max_requests_per_second == limit


def test_rates_are_asked_about_again_once_the_page_was_seen() -> None:
    """10 visitors/s of a page with all it needs: nobody who has not looked knows whether that is 30 requests/s."""
    target = _target("staging", 8080, limits=Limits(requests_per_second=30.0))
    asked = _asked(target, steps=(_step(assets="auto"),))
    permission = Permission(asked, {})
    permission.require(asked.seen(PageRequests(seen={"/": 3.0})))
    with pytest.raises(Refused, match="up to 40 requests/s; target staging allows 30"):
        permission.require(asked.seen(PageRequests(seen={"/": 4.0})))
    slower = _target("staging", 8080, limits=Limits(requests_per_second=9.0))
    with pytest.raises(Refused, match="up to 10 requests/s"):
        Permission(_asked(slower, steps=(_step(assets="auto"),)), {})


def test_a_window_that_closes_meanwhile_is_asked_about_again() -> None:
    """A slow first page may take the time that was left."""
    with time_machine.travel(datetime(2026, 12, 7, 4, 58, tzinfo=UTC), tick=False) as clock:
        asked = _asked(
            _target("staging", 8080, windows=(window("Mon-Thu 01:00-05:00 Europe/London"),)), steps=(_step(),)
        )
        permission = Permission(asked, {})
        permission.require(asked)
        clock.shift(timedelta(minutes=3))
        with pytest.raises(Refused, match="allowed only Mon-Thu"):
            permission.require(asked)


def test_what_a_step_changes_is_asked_of_the_target_it_goes_to_alone() -> None:
    steps = (_step(), _step("POST", host="api"))
    allowed = _asked(_target("staging", 8080), _target("api", 8081, side_effects=True), steps=steps)
    assert len(Permission(allowed, {}).hosts) == 2
    elsewhere = _asked(_target("staging", 8080, side_effects=True), _target("api", 8081), steps=steps)
    with pytest.raises(Refused, match="on target api"):
        Permission(elsewhere, {})


def test_every_other_target_of_a_step_must_consent_too() -> None:
    with serving(always(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")) as server:
        api = _target("api", server.port, consent="file")
        asked = _asked(_target("staging", free_port()), api, steps=(_step(), _step(host="api")))
        with pytest.raises(Refused, match="gives no consent"):
            Permission(asked, {})


@pytest.mark.parametrize("place", ["target", "step"])
def test_a_missing_secret_is_named_before_anything_is_sent(place: str) -> None:
    headers = (("Authorization", Secret(name="STAGING_TOKEN")),)
    asked = _asked(
        _target("staging", 8080, headers=headers if place == "target" else ()),
        steps=(_step(headers=headers if place == "step" else ()),),
    )
    with pytest.raises(UsageError, match="STAGING_TOKEN is not set"):
        Permission(asked, {})
    assert Permission(asked, {"STAGING_TOKEN": "x"}).hosts
