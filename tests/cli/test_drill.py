"""``spikekit drill``: the log of a campaign that might happen."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from tests.cli.test_forecast import run

CAMPAIGN = """\
version: 1
name: Autumn
launch: 2026-12-04T18:00
timezone: Europe/London
landing: /books
channels:
  - {kind: email, audience: 20k, send_over: 30m}
  - {kind: celebrity_post, audience: 1.4M, at: 3h}
"""
QUIET = ("--normal", "0.01", "--bots", "0.01")


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("autumn.yaml").write_text(CAMPAIGN)
    return "autumn.yaml"


def test_a_drill_holds_the_peak_of_every_channel(campaign: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Also of one that begins hours after the launch: five hours are written, two of them after the post."""
    code, out, _ = run(capsys, "drill", campaign, *QUIET)
    assert code == 0
    assert "from 30 min before the launch to 5 h after it" in " ".join(out.split())
    whole, short = (
        sum(json.loads(run(capsys, "drill", campaign, *QUIET, "--json", *more)[1])["campaign_entries"].values())
        for more in ((), ("--after", "2h"))
    )
    assert whole > 3 * short


def test_a_drill_begins_before_the_first_channel(campaign: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A spot seven and a half hours before the launch is in it, and so is the hour by which it may come earlier."""
    Path(campaign).write_text(
        CAMPAIGN[: CAMPAIGN.index("  - ")] + "  - {kind: tv_spot, audience: 2M, at: -7h30m, within: 1h}\n"
    )
    code, out, _ = run(capsys, "drill", campaign, *QUIET)
    assert code == 0
    assert "from 9 h before the launch to 2 h after it" in " ".join(out.split())
    whole, short = (
        sum(json.loads(run(capsys, "drill", campaign, *QUIET, "--json", *more)[1])["campaign_entries"].values())
        for more in ((), ("--before", "30m"))
    )
    assert whole > 3 * short


SITE = """\
version: 1
site: library
production: {url: "https://www.example.com"}
journeys:
  look:
    steps: [{get: "{landing}"}, {get: "/shelf/{id}?from={landing}", data: ids.csv, think: 5s}, {post: /vote, think: 5s}]
  other: {steps: [{get: /never}]}
"""


def _paths(log: Path) -> set[str]:
    return {re.sub("[0-9]+", "N", line.split('"')[1].split()[1].split("?")[0]) for line in log.read_text().splitlines()}


def test_visitors_read_the_pages_of_the_campaign_s_own_journeys(
    campaign: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(campaign).write_text(CAMPAIGN.replace("/books", "/club"))
    asked = ("drill", campaign, *QUIET, "--after", "30m", "--bots", "1/s", "--spike", "crowd", "--spike", "bots")
    assert run(capsys, *asked)[0] == 0
    own = {"/", "/club", "/club/N"}
    assert {p for p in _paths(Path("autumn.log")) if not p.startswith("/static/")} == own
    Path("site.yaml").write_text(SITE)
    Path("ids.csv").write_text("id\n1\n2\n")
    Path(campaign).write_text(Path(campaign).read_text().replace("channels:", "journey: look\nchannels:"))
    assert run(capsys, *asked)[0] == 0
    assert {p for p in _paths(Path("autumn.log")) if not p.startswith("/static/")} == own | {"/shelf/N"}


def test_a_terminal_sees_that_something_goes_on_and_a_pipe_only_the_log(
    campaign: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("drill", campaign, *QUIET, "--before", "5m", "--after", "5m")
    assert run(capsys, *asked)[2] == ""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    code, out, err = run(capsys, *asked)
    assert code == 0
    assert "Drawing autumn.yaml" in err
    assert "Writing autumn.log" in err
    assert "Writing" not in out
