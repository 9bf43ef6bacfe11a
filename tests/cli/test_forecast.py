"""``spikekit forecast`` as it is typed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from spikekit.cli import main
from spikekit.vocabulary import ChannelKind

CAMPAIGN = """\
version: 1
name: Fry tweets our reading app
launch: 2026-12-04T18:00
timezone: Europe/London
landing: /books
channels:
  - {kind: celebrity_post, audience: 6.2M, within: 2h}
  - {kind: email, audience: 250k, at: 30m, send_over: 20m}
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "fry-reads.yaml"
    path.write_text(CAMPAIGN)
    return path


def test_a_few_words_are_enough(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "forecast", "--kind", "celebrity_post", "--audience", "6.2M")
    said = out.split("\n\n")[0].replace("\n", " ")
    assert (code, err) == (0, "")
    assert re.fullmatch(
        r"A post to 6\.2 million followers brings about [0-9]{3} visitors in the busiest minute; one time in ten more "
        r"than [0-9],[0-9]00\. Half of the first day's visitors come within [0-9]+ min\.",
        said,
    )
    assert "You have recorded no earlier campaign, so this is an order of magnitude;" in out


def test_it_fits_eighty_columns_and_a_pipe(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    _, out, _ = run(capsys, "forecast", str(file))
    assert sum("┤" in line or "│" in line or "┼" in line for line in out.splitlines()) == 9
    assert max(map(len, out.replace(str(file), "FILE").splitlines())) <= 80
    assert "\x1b" not in out


def test_the_json_is_one_document_and_agrees_with_the_words(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    code, out, err = run(capsys, "forecast", str(file), "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["schema"] == "spikekit.forecast/1"
    assert document["campaign"] == "fry-reads"
    assert document["launch"] == "2026-12-04T18:00:00+00:00"
    assert list(document["inputs"]) == [str(file)]
    likely = document["peak_minute_visitors"]["p50"]
    _, words, _ = run(capsys, "forecast", str(file))
    said = float(words.split("about ")[1].split(" visitors")[0].replace(",", ""))
    assert said == pytest.approx(likely, rel=0.06)


def test_the_seed_repeats_a_forecast(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    peaks = [
        json.loads(run(capsys, "forecast", str(file), "--json", "--seed", seed)[1])["peak_visitors_per_second"]
        for seed in ("5", "5", "6")
    ]
    assert peaks[0] == peaks[1] != peaks[2]


def test_a_known_click_rate_narrows_the_band(capsys: pytest.CaptureFixture[str]) -> None:
    def ratio(*more: str) -> float:
        _, out, _ = run(capsys, "forecast", "--kind", "push", "--audience", "1M", "--json", *more)
        peak = json.loads(out)["peak_visitors_per_second"]
        return float(peak["p90"] / peak["p50"])

    assert ratio("--click-rate", "3%") < ratio()


def test_a_wider_send_lowers_the_peak(capsys: pytest.CaptureFixture[str]) -> None:
    def peak(over: str) -> float:
        _, out, _ = run(capsys, "forecast", "--kind", "email", "--audience", "1M", "--send-over", over, "--json")
        return float(json.loads(out)["peak_visitors_per_second"]["p50"])

    assert peak("2h") < peak("20m") < peak("0")


def test_a_sites_journey_replaces_the_prior_of_requests(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(
        "version: 1\nsite: shop\ntargets: {staging: {url: 'http://127.0.0.1:8000', consent: private}}\n"
        "journeys: {browse: {steps: [{get: '{landing}'}, {get: /books/1, continue: 50%}]}}\n"
    )
    file = tmp_path / "one.yaml"
    file.write_text(CAMPAIGN.replace("channels:", "journey: browse\nchannels:").split("  - {kind: email")[0])
    _, out, _ = run(capsys, "forecast", str(file), "--json")
    document = json.loads(out)
    assert str(tmp_path / "site.yaml") in document["inputs"]
    people = document["visitors_24h"]["p50"] - document["visitors_24h_by_origin"]["bots"]
    assert document["requests_24h"]["p50"] == pytest.approx(1.5 * people, rel=0.02)


@pytest.mark.parametrize("kind", [k.value for k in ChannelKind if k not in (ChannelKind.PAST, ChannelKind.CUSTOM)])
def test_every_kind_has_its_sentence(capsys: pytest.CaptureFixture[str], kind: str) -> None:
    code, out, _ = run(capsys, "forecast", "--kind", kind, "--audience", "250k")
    assert code == 0
    assert "250,000" in out.splitlines()[0]
    assert " visitors in the busiest minute" in out.split("\n\n")[0].replace("\n", " ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "campaign file"),
        (("--kind", "celebrty_post", "--audience", "1M"), "did you mean celebrity_post?"),
        (("--kind", "newsletter", "--audience", "1M"), "did you mean email?"),
        (("--kind", "email"), "--audience"),
        (("--kind", "custom", "--audience", "1M"), "needs a campaign file"),
        (("--kind", "email", "--audience", "lots"), 'expected a count such as 250k or 6.2M, found "lots"'),
        (("--kind", "email", "--audience", "1,000"), "did you mean 1_000?"),
        (("--kind", "email", "--audience", "1M", "--click-rate", "260%"), "at most 100%"),
        (("--kind", "email", "--audience", "1M", "--send-over", "20"), "did you mean 20s or 20m?"),
    ],
)
def test_what_cannot_be_meant_is_told(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    code, out, err = run(capsys, "forecast", *arguments)
    assert code == 2
    assert out == ""
    assert says in err
    assert "Traceback" not in err


def test_figures_beside_a_file_are_refused(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    code, _, err = run(capsys, "forecast", str(file), "--audience", "1M")
    assert code == 2
    assert "--audience is for a forecast without a file" in err


def test_a_broken_file_is_told_with_its_place(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text(CAMPAIGN.replace("6.2M", "lots"))
    code, out, err = run(capsys, "forecast", str(file))
    assert (code, out) == (2, "")
    assert "fry-reads.yaml:7:" in err


def test_errors_are_one_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "forecast", "--kind", "nothing", "--audience", "1M", "--json")
    assert code == 2
    assert json.loads(out)["exit_code"] == 2


def test_a_cancelled_campaign_leads_to_those_that_are_not(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "gone.yaml"
    path.write_text(
        "version: 1\nname: Gone\nstatus: cancelled\nlaunch: 2026-12-04T18:00Z\nlanding: /\n"
        "channels: [{kind: email, audience: 10k}]\n"
    )
    code, out, _ = run(capsys, "forecast", str(path))
    assert code == 0
    assert "It is cancelled" in out
    assert f"Next:  spikekit calendar {tmp_path}" in out


def test_the_starter_campaigns_peak_is_told_in_one_notation_and_no_line_is_too_long(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run(capsys, "init", str(tmp_path))
    _, out, _ = run(capsys, "forecast", str(tmp_path / "campaigns" / "first-post.yaml"))
    (peak,) = [line for line in out.splitlines() if "the peak comes" in line]
    assert re.search(r"about \d+h\d+m after the launch \(8 in 10: -\d+m to \d+h\d+m\)$", peak)
    assert ")" not in [line.strip() for line in out.splitlines()]
    assert not [line for line in out.splitlines() if line.lstrip().startswith("%")]
    assert max(len(line) for line in out.replace(str(tmp_path), "").splitlines()) <= 80
