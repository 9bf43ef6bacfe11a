"""Every command that forecasts knows the same past."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from spikekit.forecast.calibration import PastResult
from spikekit.review.record import Judged, PastRecord, Source
from spikekit.review.store import PAST_NAME, keep
from spikekit.vocabulary import ChannelKind
from tests.cli.test_forecast import run
from tests.cli.test_profile import SITE

CAMPAIGN = """\
version: 1
name: Fry tweets our reading app
launch: 2026-12-04T18:00
timezone: Europe/London
landing: /books
channels: [{kind: celebrity_post, account: "@StephenFry", audience: 6.2M}]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "site.yaml").write_text("".join(s for s in SITE.splitlines(True) if "normal" not in s))
    path = tmp_path / "fry-reads.yaml"
    path.write_text(CAMPAIGN)
    return path


def remember(state: Path, kind: str = "celebrity_post", **more: Any) -> None:
    launch = datetime(2026, 9, 1, tzinfo=UTC)
    result = PastResult(campaign="before", kind=ChannelKind(kind), audience=1e6, clicks=11_000.0, account="@StephenFry")
    total = Judged(observed=11_000, p10=1_000, p50=3_000, p90=12_000)
    record = PastRecord(
        campaign="before",
        name="Before",
        source=Source.REVIEW,
        launch=launch,
        site="bookshop",
        results=(result,),
        **{"total": total, **more},
    )
    keep(state, record, now=launch)


def peak(capsys: pytest.CaptureFixture[str], *arguments: str) -> float:
    document = json.loads(run(capsys, *arguments, "--json")[1])
    found = document["peak_visitors_per_second"]
    return float(found["p50"] if isinstance(found, dict) else found)


@pytest.mark.parametrize("command", [("forecast",), ("profile", "--at", "p50")], ids=lambda c: c[0])
def test_a_past_campaign_moves_the_next(
    capsys: pytest.CaptureFixture[str], file: Path, command: tuple[str, ...]
) -> None:
    before = peak(capsys, *command, str(file))
    remember(file.parent / ".spikekit")
    assert peak(capsys, *command, str(file)) > 1.5 * before


def test_the_state_folder_may_be_elsewhere(capsys: pytest.CaptureFixture[str], file: Path, tmp_path: Path) -> None:
    remember(tmp_path / "elsewhere")
    known = peak(capsys, "forecast", str(file), "--state", str(tmp_path / "elsewhere"))
    assert known > 1.5 * peak(capsys, "forecast", str(file))


def test_the_words_say_what_it_rests_on(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    def said() -> str:
        return " ".join(run(capsys, "forecast", str(file))[1].split())

    assert "You have recorded no earlier campaign, so this is an order of magnitude; one past post would" in said()
    remember(file.parent / ".spikekit", kind="email")
    assert "Your 1 campaign of other kinds moved this a little; it is still an order of magnitude" in said()
    remember(file.parent / ".spikekit", kind="celebrity_post")
    assert "Calibrated on 1 campaign of your own (the forecast held the one time it was judged)." in said()
    document = json.loads(run(capsys, "forecast", str(file), "--json")[1])
    assert document["calibrated"] is True


def test_declared_figures_need_no_past(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text(CAMPAIGN.replace("6.2M}", "6.2M, click_rate: 1%}"))
    assert "rests on the figures that the campaign declares" in " ".join(run(capsys, "forecast", str(file))[1].split())


def test_a_broken_record_is_told_and_left_out(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    remember(file.parent / ".spikekit")
    broken = file.parent / ".spikekit" / PAST_NAME / "broken.json"
    broken.write_text("{")
    code, out, err = run(capsys, "forecast", str(file))
    assert code == 0
    assert f"{broken} is left out" in err
    assert "Calibrated on 1 campaign" in out
