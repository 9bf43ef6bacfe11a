"""``spikekit review`` as it is typed: what came moves the next forecast."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests.cli.test_forecast import run
from tests.cli.test_profile import SITE
from tests.traffic.test_prometheus import answering

LAUNCH = datetime(2026, 7, 3, 17, 0, tzinfo=UTC)
CAMPAIGN = """\
version: 1
name: Fry tweets our reading app
launch: 2026-07-03T18:00
timezone: Europe/London
landing: /books
channels: [{kind: celebrity_post, account: "@StephenFry", audience: 1.3M}]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "site.yaml").write_text(SITE)
    path = tmp_path / "fry-reads.yaml"
    path.write_text(CAMPAIGN)
    return path


def counted(folder: Path, visitors: float = 14_600, header: str = "time,count", more: str = "") -> Path:
    """A day of minutes that decays like a post's."""
    weights = [1 / (5 + i) for i in range(1440)]
    rows = [
        f"{(LAUNCH + timedelta(minutes=i)).isoformat()},{round(visitors * w / sum(weights))}{more}"
        for i, w in enumerate(weights)
    ]
    path = folder / "clicks.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def reviewed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    code, out, err = run(capsys, "review", *arguments, "--json")
    assert (code, err) == (0, "")
    document: dict[str, Any] = json.loads(out)
    return document


def likely(capsys: pytest.CaptureFixture[str], file: Path) -> float:
    """What the same post is forecast to bring a month later."""
    later = file.with_name("later.yaml")
    later.write_text(file.read_text().replace("2026-07-03", "2026-08-03"))
    return float(json.loads(run(capsys, "forecast", str(later), "--json")[1])["visitors_24h"]["p50"])


def test_it_says_in_one_sentence_what_was_forecast_and_what_came(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    code, out, err = run(capsys, "review", str(file), "--observed", str(counted(file.parent)))
    assert (code, err) == (0, "")
    said = out.split("\n\n")[0].replace("\n", " ").replace("\u00a0", " ")
    assert said.startswith("Fry tweets our reading app brought 14,")
    assert " times the likely figure, above the 80 % band (" in said or "inside the 80 % band (" in said
    assert re.search(r"So far the forecast (held|did not hold) the one time it was judged\.", out)
    assert max(map(len, out.replace(str(file.parent), "").splitlines())) <= 80
    assert "\x1b" not in out


def test_a_review_moves_the_next_forecast_and_a_second_one_changes_nothing(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    before = likely(capsys, file)
    first = reviewed(capsys, str(file), "--observed", str(counted(file.parent)))
    after = likely(capsys, file)
    again = reviewed(capsys, str(file), "--observed", str(counted(file.parent)))
    assert after > 1.3 * before
    assert likely(capsys, file) == after
    assert first["visitors"] == again["visitors"]
    assert again["hits"]["judged"] == 1


def test_the_document_is_whole(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    document = reviewed(capsys, str(file), "--observed", str(counted(file.parent)))
    assert document["schema"] == "spikekit.review/1"
    assert document["campaign"] == "fry-reads"
    assert document["calibrated"] is False
    assert document["visitors"]["outcome"] in ("inside", "above", "below")
    curve = document["curve"]
    assert len(curve["offset_seconds"]) == len(curve["observed_visitors_per_second"]) == 1440
    assert curve["end_seconds"] == 86_400
    came = sum(v * 60 for v in curve["observed_visitors_per_second"])
    assert came == pytest.approx(document["observed"]["visitors"], rel=1e-4)
    assert Path(document["recorded"]).is_file()
    assert len(document["inputs"]) == 3


def test_a_dry_run_keeps_nothing(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    document = reviewed(capsys, str(file), "--observed", str(counted(file.parent)), "--dry-run")
    assert document["recorded"] is None
    assert not (file.parent / ".spikekit").exists()


def test_a_saturated_stretch_makes_it_a_lower_bound(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    data = str(counted(file.parent, visitors=2_000))
    document = reviewed(capsys, str(file), "--observed", data, "--saturated", "0m/30m")
    assert document["observed"]["is_lower_bound"] is True
    assert document["observed"]["saturated_seconds"] == 1800
    assert document["visitors"]["held"] is None
    _, out, _ = run(capsys, "review", str(file), "--observed", data, "--saturated", "0m/30m")
    assert "brought at least 1," in out.replace("\n", " ") or "brought at least 2," in out.replace("\n", " ")


def test_prometheus_is_asked_for_the_campaigns_hours(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    values = [[LAUNCH.timestamp() + 60 * (i + 1), str(200 / (5 + i))] for i in range(120)]
    answer = {"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}, "values": values}]}}
    with answering(answer) as (url, asked):
        document = reviewed(capsys, str(file), "--prometheus", url, "--query", "visits", "--over", "2h")
    assert float(asked[0]["start"][0]) == LAUNCH.timestamp() + 60
    assert float(asked[0]["end"][0]) == LAUNCH.timestamp() + 7200
    assert document["observed"]["visitors"] == pytest.approx(60 * sum(200 / (5 + i) for i in range(120)), rel=1e-4)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "what came?"),
        (("--prometheus", "http://127.0.0.1:9"), "what came?"),
        (("--observed", "none.csv"), "none.csv:1:1 cannot be read"),
        (("--observed", "bad.csv"), "bad.csv:3:"),
        (("--observed", "good.csv", "--saturated", "soon"), "FROM/TO"),
        (("--observed", "other.csv"), "are not those of the campaign"),
    ],
)
def test_what_cannot_be_meant_is_told(
    capsys: pytest.CaptureFixture[str],
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    says: str,
) -> None:
    monkeypatch.chdir(file.parent)
    (file.parent / "bad.csv").write_text("time,count\n0,1\n60,many\n")
    (file.parent / "good.csv").write_text("time,count\n0,1\n60,2\n")
    (file.parent / "other.csv").write_text("time,count\n2025-07-03T18:00,1\n2025-07-03T18:01,2\n")
    code, out, err = run(capsys, "review", "fry-reads.yaml", *arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert not (file.parent / ".spikekit").exists()


def test_what_was_cancelled_teaches_nothing(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text(CAMPAIGN + "status: cancelled\n")
    code, _, err = run(capsys, "review", str(file), "--observed", str(counted(file.parent)))
    assert code == 2
    assert "fry-reads is cancelled" in err
    assert not (file.parent / ".spikekit").exists()


def test_what_has_not_launched_yet_teaches_nothing(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    observed = counted(file.parent)
    with time_machine.travel(LAUNCH - timedelta(days=6)):
        code, _, err = run(capsys, "review", str(file), "--observed", str(observed))
    assert code == 2
    assert "fry-reads launches on 03 July 2026 at 18:00, which has not come yet" in err
    assert not (file.parent / ".spikekit").exists()


def test_of_channels_that_nothing_tells_apart_it_says_neither_above_nor_below(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    file.write_text(CAMPAIGN.replace("1.3M}]", "1.3M}, {kind: email, audience: 400k}]"))
    observed = str(counted(file.parent))
    _, out, _ = run(capsys, "review", str(file), "--observed", observed)
    shared = [line for line in out.splitlines() if " * " in line]
    assert len(shared) == 2
    assert not any(line.endswith(("above", "below", "inside")) for line in shared)
    channels = reviewed(capsys, str(file), "--observed", observed)["channels"]
    assert [(c["told_apart"], c["ratio"], c["outcome"], c["held"]) for c in channels] == [(False, None, None, None)] * 2
