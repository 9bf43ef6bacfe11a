"""Visitors as a shop sees them: where they say they come from, what marks their links, how they wait and go on."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from spikekit.vocabulary import VisitorCounts
from tests.end_to_end.conftest import MakeProject
from tests.known_truth import OpenShop

LINE = re.compile(r'"(GET|POST) (\S+) HTTP/1\.1" (\d{3}) \d+ "([^"]*)" "([^"]*)"')
CAMPAIGN = """\
version: 1
name: Fry reads
id: fry-reads
launch: 2026-12-04T18:00
timezone: Europe/London
landing: /books
journey: look
channels:
  - {kind: celebrity_post, clicks: 12k}
  - {kind: push, clicks: 1k}
utm: {source: x, medium: social, campaign: fry-reads}
"""
LOOK = 'journeys: {look: {steps: [{get: "{landing}", expect: {text: "Add to basket"}, assets: auto}]}}'
REHEARSE = ("rehearse", "fry-reads.yaml", "--window", "10s", "--json")


def counts(document: dict[str, Any]) -> VisitorCounts:
    return VisitorCounts(**document["visitors"])


def landings(log: Path) -> list[tuple[str, str, str]]:
    """Target, referrer and user agent of every page that somebody came in by."""
    found = [LINE.search(line) for line in log.read_text().splitlines()]
    return [(m[2], m[4], m[5]) for m in found if m and "utm_campaign" in m[2]]


def test_a_shop_sees_the_campaign_that_was_declared(
    open_shop: OpenShop, make_project: MakeProject, tmp_path: Path
) -> None:
    """Campaign values on every landing, and marks on the clicks that come from X alone, no two of them alike."""
    shop = open_shop(slots=None, access_log=tmp_path / "access.log")
    project = make_project(shop.url, target="consent: private\ncapacity_ratio: 1.0", rest=LOOK)
    (tmp_path / "fry-reads.yaml").write_text(CAMPAIGN)
    outcome = project.run(*REHEARSE)
    run, truth = outcome.document, shop.truth()
    assert counts(run).broken_laws() == []
    started = run["visitors"]["started"]
    assert started > 100
    assert truth["by_campaign"] == {"fry-reads": started}
    entries = landings(tmp_path / "access.log")
    assert len(entries) == started
    marks = [parse_qs(urlsplit(target).query).get("twclid", [""])[0] for target, _, _ in entries]
    marked = [mark for mark in marks if mark]
    assert 0 < len(marked) < started
    assert len(set(marked)) == len(marked)
    for mark, (_, referrer, agent) in zip(marks, entries, strict=True):
        assert "spikekit/" in agent
        from_x = referrer.startswith(("https://t.co/", "android-app://com.twitter"))
        assert bool(mark) is from_x, "marks are X's, and come from there"
    assert len({agent for _, _, agent in entries}) >= 6
    assert set(truth["by_referrer"]) <= {"(none)", "t.co", "com.twitter.android"}


BUY = """\
journeys:
  buy:
    steps:
      - {get: "{landing}", assets: auto}
      - {get: "/books/{id}", name: book, data: books.csv, pick: shuffle, think: {median: 100ms, sigma: 0.3},
         capture: {csrf: 'name="csrf" value="([^"]+)"'}}
      - {post: /basket, form: {id: "{id}", csrf: "{csrf}"}, expect: {text: "Total"}}
      - {post: /api/order, json: {book: "{id}"}, host: till, expect: {status: 201}}
"""


def test_visitors_buy_different_books_and_pay_at_another_target(
    open_shop: OpenShop, make_project: MakeProject, tmp_path: Path
) -> None:
    """Rows of data, a form's token, a session's cookie, and a step to a second shop: the truth of both adds up."""
    shop, till = open_shop(slots=None), open_shop(slots=None)
    (tmp_path / "books.csv").write_text("id\n" + "".join(f"{n}\n" for n in range(1, 21)))
    project = make_project(shop.url, target="consent: private\nside_effects: accepted", rest=BUY)
    site = tmp_path / "site.yaml"
    other = f"targets:\n  till: {{url: '{till.url}', consent: private, side_effects: accepted}}\n"
    site.write_text(site.read_text().replace("targets:\n", other))
    where = ("--target", "staging", "--path", "/books", "--journey", "buy")
    run = project.run("load", "--rate", "60", "--duration", "3s", *where, "--json").document
    assert (run["failures"], run["visitors"]["dropped"]) == ({}, 0)
    through = run["visitors"]["completed"]
    seen, paid = shop.truth()["by_request"], till.truth()["by_request"]
    assert paid == {"POST /api/order": through}
    # Who was reading when the last second came did not go on.
    books = Counter({path: n for path, n in seen.items() if path.startswith("GET /books/")})
    assert through <= seen["POST /basket"] <= books.total() <= run["visitors"]["started"]
    assert len(books) == 20
    assert max(books.values()) - min(books.values()) <= 1, "shuffled rows come once in every round"
    assert shop.truth()["by_status"].keys() == {"200"}, "somebody else's token would be answered 403"


def test_who_waits_in_vain_leaves_and_the_impatient_make_it_worse(
    open_shop: OpenShop, make_project: MakeProject
) -> None:
    """A shop that takes 3 s for a page, visitors who ask three times in 1.5 s: all abandoned, and it saw them go."""
    shop = open_shop(slots=1000, service_seconds=3.0)
    # Even where this machine is most of a second late with the reloads, there is time for the third request.
    project = make_project(shop.url, rest="patience: 1500ms\nreload: {after: 250ms, times: 2}")
    outcome = project.run_rested("load", "--rate", "60", "--duration", "1s")
    run, truth = outcome.document, shop.truth()
    visitors = run["visitors"]
    assert (outcome.code, run["verdict"]) == (3, "not_ready")
    assert counts(run).broken_laws() == []
    assert visitors["abandoned"] == visitors["started"] > 30
    assert run["failures"] == {"timeout": run["requests"]["sent"]}
    assert run["requests"]["sent"] == 3 * visitors["started"]
    # The look before the load waited and was answered.
    assert truth["gone"] == project.requests_sent() - len(project.run_folders())
    # Who asks in vain has waited at least that long, and every objective of time is missed.
    assert all(not o["held"] for o in run["objectives"] if o["name"].startswith("p"))
