"""``spikekit preflight``: looks, and hardly touches."""

from __future__ import annotations

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


def test_nobody_at_home_and_no_consent_have_their_exit_codes(open_shop: OpenShop, make_project: MakeProject) -> None:
    assert make_project("http://127.0.0.1:9").run("preflight").code == 4
    refused = make_project(open_shop(consent=None).url, target="consent: file").run("preflight")
    assert refused.code == 5
    assert "gives no consent" in refused.out
