"""``spikekit drill``: the log of a campaign that might happen."""

from __future__ import annotations

import json
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
