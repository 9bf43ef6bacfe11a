"""``spikekit preflight``: looks, and hardly touches."""

from __future__ import annotations

import pytest

from spikekit.shop.process import ShopProcess
from tests.end_to_end.conftest import MakeProject
from tests.known_truth import OpenShop


def test_a_target_that_is_there_is_looked_at_with_a_few_requests_that_are_counted(
    known_shop: ShopProcess, make_project: MakeProject
) -> None:
    outcome = make_project(known_shop.url).run("preflight", "--json")
    found = {f["name"]: f["weight"] for f in outcome.document["findings"]}
    assert (found["permission"], found["answer"]) == ("fine", "fine")
    assert outcome.document["worker_visitors_per_second"] > 100
    assert (found["cache"], found["redirects"]) == ("warning", "fine")
    assert known_shop.truth()["received"] == outcome.document["requests_sent"] < 25


def test_a_campaign_s_peak_turns_what_a_visitor_costs_into_what_the_site_must_bear(
    open_shop: OpenShop, make_project: MakeProject
) -> None:
    """300 visitors in a past minute are 5/s at the peak, on production; half of that is sent to this target."""
    project = make_project(open_shop().url, target="consent: private\ncapacity_ratio: 0.5")
    (project.folder / "past.csv").write_text("time,visitors\n0,300\n60,300\n120,0\n")
    (project.folder / "fry.yaml").write_text(
        "version: 1\nname: Fry\nowner: jo@example.com\nlaunch: 2026-12-04T18:00\ntimezone: Europe/London\n"
        "landing: /books\nchannels:\n  - {kind: past, curve: past.csv, scale: 1.0}\n"
    )
    outcome = project.run("preflight", "fry.yaml", "--json")
    assert outcome.code == 0, outcome.err
    figures = {f["name"]: f["figures"] for f in outcome.document["findings"]}["weight"]
    visitors_per_second = figures["peak_bits_per_second"] / 8 / figures["visit_bytes"]
    assert visitors_per_second == pytest.approx(5, rel=0.02)
    assert outcome.document["campaign"] == "fry"


def test_nobody_at_home_and_no_consent_have_their_exit_codes(open_shop: OpenShop, make_project: MakeProject) -> None:
    assert make_project("http://127.0.0.1:9").run("preflight").code == 4
    refused = make_project(open_shop(consent=None).url, target="consent: file").run("preflight")
    assert refused.code == 5
    assert "gives no consent" in refused.out
