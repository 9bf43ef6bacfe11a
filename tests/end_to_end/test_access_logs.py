"""What spikekit reads from a real server's log is what it sent there."""

from __future__ import annotations

from pathlib import Path

from spikekit.campaign.file import load_campaign
from spikekit.traffic.attribution import Attribution
from spikekit.traffic.follow import Follower
from spikekit.traffic.source import MACHINES
from spikekit.traffic.tally import Tally
from spikekit.traffic.totals import Totals
from tests.end_to_end.conftest import MakeProject, Nginx

CAMPAIGN = """\
version: 1
name: Fry reads
id: fry-reads
launch: 2026-12-04T18:00
timezone: Europe/London
landing: /page.html
journey: look
channels:
  - {kind: celebrity_post, clicks: 12k}
  - {kind: push, clicks: 1k}
utm: {source: x, medium: social, campaign: fry-reads}
"""
LOOK = 'journeys: {look: {steps: [{get: "{landing}", assets: auto}]}}'


def test_nginx_s_log_of_a_rehearsal_gives_its_visitors_and_its_requests(
    nginx: Nginx, make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project(nginx.url, target="consent: private\ncapacity_ratio: 1.0", rest=LOOK)
    (tmp_path / "fry-reads.yaml").write_text(CAMPAIGN)
    attribution = Attribution([load_campaign(tmp_path / "fry-reads.yaml")], own_hosts=["127.0.0.1"])
    tally, totals = Tally(None, attribution), Totals()
    with Follower([nginx.access_log]) as follower:
        outcome = project.run("rehearse", "fry-reads.yaml", "--window", "10s", "--json")
        run = outcome.document
        assert "visitors" in run, outcome.out
        for block in follower.poll():
            tally.feed(block.lines)
    for second in tally.take():
        totals.add(second)
    visitors, found = run["visitors"], totals.document()
    assert visitors["started"] > 100
    machines = sum(found[name]["requests"] for name in MACHINES if name in found)
    # A machine asks for the page alone, and so does our own look before the load, which bears no mark of the campaign.
    assert found["fry-reads"]["entries"] + machines == visitors["started"]
    assert found["direct"]["entries"] == 1
    logged = nginx.access_log.read_text().count("\n")
    assert sum(source["requests"] for source in found.values()) == tally.lines == logged
    assert run["requests"]["sent"] + run["assets"]["requests"] + 1 == logged
    assert sum(source["failures"] for source in found.values()) == 0
    assert tally.skipped == {}
