"""``spikekit calendar`` as it is typed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from spikekit.cli import main

SITE = """\
version: 1
site: bookshop
targets: {staging: {url: "http://127.0.0.1:8000", consent: private}}
normal_traffic: {requests_per_second: {typical: 40, busy: 95}}
journeys: {look: {steps: [{get: "{landing}"}]}}
"""
SPOT = """\
version: 1
name: Evening spot
launch: 2026-12-04T19:30
timezone: Europe/Berlin
landing: /
channels: [{kind: tv_spot, audience: 3M}]
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    with pytest.raises(SystemExit) as left:
        main(["calendar", *map(str, arguments)])
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A spot, a post in the same hour, a draft and a cancelled campaign."""
    (tmp_path / "site.yaml").write_text(SITE)
    post = SPOT.replace("Evening spot", "A <b>post</b>").replace("tv_spot, audience: 3M", "brand_post, audience: 6M")
    post = post.replace("19:30", "18:00").replace("Berlin", "London").replace("6M", "6M, within: 1h")
    files = {
        "spot": SPOT,
        "post": post,
        "maybe": SPOT.replace("Evening spot", "Perhaps").replace("landing", "status: draft\nlanding"),
        "never": SPOT.replace("Evening spot", "Gone").replace("landing", "status: cancelled\nlanding"),
        "later": SPOT.replace("Evening spot", "Quiet mail").replace("12-04", "12-15").replace("tv_spot", "email"),
    }
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def test_the_answer_comes_first_then_the_picture_then_what_collides(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    code, out, err = run(capsys, project)
    assert (code, err) == (0, "")
    said = " ".join(out.split("\n\n")[0].split())
    assert said.startswith("Three campaigns from 4 December 2026 to 15 December 2026. The busiest minute is likely in")
    assert said.endswith("Two of them are busy at the same time.")
    assert "▲ A <b>post</b> and Evening spot, Fri 4 Dec 18:30 to" in out
    assert "1 draft shown and not added." in out
    assert "Left out, because cancelled: Gone." in out
    assert "a busy hour adds 95 requests/s" in out


def test_it_fits_eighty_columns_and_a_pipe(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    _, out, _ = run(capsys, project)
    assert max(map(len, out.replace(str(project), "FOLDER").splitlines())) <= 80
    assert "\x1b" not in out


def test_each_launch_is_told_on_its_own_clocks_and_on_those_of_the_calendar(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    _, out, _ = run(capsys, project, "--timezone", "Asia/Kolkata")
    assert "Fri 4 Dec 18:00 Europe/London = 23:30 Asia/Kolkata" in out
    assert "Fri 4 Dec 19:30 Europe/Berlin = Sat 5 Dec 00:00 Asia/Kolkata" in out


def test_the_json_is_one_document_and_agrees_with_the_words(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    code, out, err = run(capsys, project, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["schema"] == "spikekit.calendar/1"
    counted = {c["campaign"]: c["counted"] for c in document["campaigns"]}
    assert counted == {"post": True, "spot": True, "maybe": False, "later": True}
    assert document["cancelled"] == ["never"]
    (collision,) = document["collisions"]
    assert collision["campaigns"] == ["post", "spot"]
    alone = [c["peak_minute_visitors"]["p90"] for c in document["campaigns"] if c["campaign"] in ("post", "spot")]
    together = collision["peak_minute_visitors"]["p90"]
    assert max(alone) < together < sum(alone)
    assert document["normal_requests_per_second"] == 95
    assert document["site"] == "bookshop"
    assert len(document["inputs"]) == 6
    curve = document["curve"]
    assert len(curve["starts"]) == len(curve["peak_minute_visitors"]["p50"])
    highest = max(w["peak_minute_visitors"]["p50"] for w in document["weeks"])
    _, words, _ = run(capsys, project)
    said = float(" ".join(words.split()).split(": about ")[1].split(" visitors")[0].replace(",", ""))
    assert said == pytest.approx(highest, rel=0.06)


def test_the_page_is_one_file_that_fetches_nothing_and_runs_nothing(
    capsys: pytest.CaptureFixture[str], project: Path, tmp_path: Path
) -> None:
    file = tmp_path / "calendar.html"
    code, out, _ = run(capsys, project, "--html", file)
    page = file.read_text()
    assert code == 0
    assert f"The calendar is in {file}" in " ".join(out.split())
    assert "<script" not in page
    assert not re.findall(r"\b(?:src|href)=", page)
    assert "A &lt;b&gt;post&lt;/b&gt;" in page
    assert "<b>post</b>" not in page
    assert "default-src 'none'" in page
    assert page.count('class="plot') == 2
    # Post, spot, draft and mail have their lanes, the draft dashed.
    assert page.count('class="lane"') == 4
    assert page.count('class="draft"') == 1


def test_the_page_may_go_to_standard_output_and_then_nothing_else_does(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    _, out, _ = run(capsys, project, "--html", "-")
    assert out.startswith("<!doctype html>")
    assert out.rstrip().endswith("</html>")
    code, out, _ = run(capsys, project, "--html", "-", "--json")
    assert code == 2
    assert json.loads(out)["hint"] == "name a file: --html calendar.html"


def test_one_campaign_is_a_calendar_too(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    _, out, _ = run(capsys, project / "spot.yaml")
    said = " ".join(out.split())
    assert said.startswith("One campaign on 4 December 2026. The busiest minute (Evening spot) brings about ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("{}/never.yaml",), "every campaign there is cancelled"),
        (("{}/site.yaml",), "no campaign file there"),
        (("{}", "--timezone", "Europe/Berln"), "did you mean Europe/Berlin?"),
        (("{}", "--timezone", "Mars/X"), 'such as Europe/London, found "Mars/X"\n'),
        (("{}/nothing-here",), "nothing-here"),
    ],
)
def test_what_cannot_be_shown_is_told(
    capsys: pytest.CaptureFixture[str], project: Path, arguments: tuple[str, ...], says: str
) -> None:
    code, out, err = run(capsys, *(a.format(project) for a in arguments))
    assert (code, out) == (2, "")
    assert says in err
    assert "Traceback" not in err


def test_campaigns_of_two_sites_are_not_added_up(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    other = project / "other"
    other.mkdir()
    (other / "site.yaml").write_text(SITE.replace("bookshop", "toys"))
    (other / "toys.yaml").write_text(SPOT)
    code, _, err = run(capsys, project)
    assert code == 2
    assert "of several sites" in err


def test_a_broken_file_is_told_with_its_place(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "spot.yaml").write_text(SPOT.replace("3M", "lots"))
    code, out, err = run(capsys, project)
    assert (code, out) == (2, "")
    assert "spot.yaml:6:" in err


def test_bars_that_a_doubtful_hour_has_smeared_say_so_on_the_terminal_and_the_page(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    smeared = SPOT.replace("audience: 3M", "audience: 3M, within: 12h")
    said = "stands for itself: the busiest minute of all, likely "
    for text, is_said in ((SPOT, False), (smeared, True)):
        (project / "spot.yaml").write_text(text)
        _, out, _ = run(capsys, project / "spot.yaml")
        _, page, _ = run(capsys, project / "spot.yaml", "--html", "-")
        assert ((said in " ".join(out.split())), (said in page)) == (is_said, is_said)


def test_the_legend_is_whole_whatever_the_zone_and_the_page_names_normal_traffic_beside_the_bars(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    _, out, _ = run(capsys, project, "--timezone", "America/Argentina/ComodRivadavia")
    assert max(map(len, out.replace(str(project), "").splitlines())) <= 80
    assert "hours, America/Argentina/ComodRivadavia\n" in out
    _, page, _ = run(capsys, project, "--html", "-")
    assert "a busy hour&#39;s normal traffic, 95/s" in page
    assert not re.search(r'<span class="rule"', page)


def test_the_day_on_which_a_small_channel_begins_is_on_the_calendar(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A push at 05:15 on the day after is hardly seen beside the spot, but it was planned, and so it is shown."""
    file = tmp_path / "spot.yaml"
    file.write_text(SPOT.replace("audience: 3M}", "audience: 3M}, {kind: push, audience: 1k, at: 9h45m}"))
    code, out, _ = run(capsys, file)
    assert code == 0
    assert out.startswith("One campaign from 4 December 2026 to 5 December 2026.")
    document = json.loads(run(capsys, file, "--json")[1])
    assert document["curve"]["end"].startswith("2026-12-05T23:00")
    file.write_text(SPOT)
    assert run(capsys, file)[1].startswith("One campaign on 4 December 2026.")
