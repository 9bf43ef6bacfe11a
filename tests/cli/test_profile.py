"""``spikekit profile`` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_forecast import CAMPAIGN, run

SITE = """\
version: 1
site: bookshop
targets:
  staging:
    url: http://127.0.0.1:8000
    capacity_ratio: {low: 0.2, likely: 0.25, high: 0.3}
    consent: private
normal_traffic: {requests_per_second: {typical: 40, busy: 95}}
objectives: {headroom: 1.3}
journeys: {browse: {steps: [{get: "{landing}"}, {get: /books/1, continue: 60%}]}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "site.yaml").write_text(SITE)
    path = tmp_path / "fry-reads.yaml"
    path.write_text(CAMPAIGN.replace("channels:", "journey: browse\nchannels:"))
    return path


def test_it_says_what_would_be_sent(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    code, out, err = run(capsys, "profile", str(file))
    assert (code, err) == (0, "")
    said = out.split("\n\n")[0].replace("\n", " ")
    assert said.startswith("Fry tweets our reading app, as high as one time in 10: staging gets up to ")
    assert " visitors/s. In its busiest 5 min that is about " in said
    assert " normal " in out
    assert "0.25 of production's capacity, times headroom 1.3 = 0.325" in " ".join(out.split())
    assert f"spikekit rehearse {file}" in out


def test_the_chart_fits_eighty_columns_and_a_pipe(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    _, out, _ = run(capsys, "profile", str(file), "--at", "p50", "--window", "1h")
    assert sum("┤" in line or "│" in line or "┼" in line for line in out.splitlines()) == 9
    assert max(map(len, out.replace(str(file), "FILE").splitlines())) <= 80
    assert "\x1b" not in out


def test_a_higher_quantile_is_a_higher_peak(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    def peak(at: str) -> float:
        return float(json.loads(run(capsys, "profile", str(file), "--at", at, "--json")[1])["peak_visitors_per_second"])

    assert peak("p50") < peak("p90") == peak("90%") == peak("0.9") < peak("p99")


def test_the_json_is_one_document(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    code, out, err = run(capsys, "profile", str(file), "--window", "2m", "--target", "staging", "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["schema"] == "spikekit.profile/1"
    assert document["duration_seconds"] == 120
    assert len(document["inputs"]) == 2
    assert [s["origin"] for s in document["streams"]][-1] == "normal"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--target", "stagin"), "did you mean --target staging?"),
        (("--at", "p0"), "between 0 and 1"),
        (("--at", "often"), "a quantile such as p90"),
        (("--window", "5s"), "at least 10 seconds"),
        (("--window", "5"), "did you mean 5s or 5m?"),
    ],
)
def test_what_cannot_be_meant_is_told(
    capsys: pytest.CaptureFixture[str], file: Path, arguments: tuple[str, ...], says: str
) -> None:
    code, out, err = run(capsys, "profile", str(file), *arguments)
    assert (code, out) == (2, "")
    assert says in err


def test_without_a_site_there_is_nothing_to_scale_to(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "fry-reads.yaml"
    path.write_text(CAMPAIGN)
    code, _, err = run(capsys, "profile", str(path))
    assert code == 2
    assert "no site.yaml" in err


def test_a_target_of_unknown_share_is_refused(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    (file.parent / "site.yaml").write_text(
        SITE.replace("    capacity_ratio: {low: 0.2, likely: 0.25, high: 0.3}\n", "")
    )
    code, _, err = run(capsys, "profile", str(file))
    assert code == 2
    assert "capacity_ratio" in err


def test_two_targets_need_a_choice(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    second = "  other: {url: 'http://127.0.0.1:8001', consent: private}\nnormal_traffic:"
    (file.parent / "site.yaml").write_text(SITE.replace("normal_traffic:", second))
    code, _, err = run(capsys, "profile", str(file))
    assert code == 2
    assert "which target? site.yaml has staging, other" in err
