"""``spikekit record`` as people and scripts run it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from spikekit.cli.record import command
from spikekit.files.digest import digest
from tests.cli.test_forecast import run
from tests.journey.recordings import SITE, entry, har, journey_in

SHELF = "<title>All books</title><a href='/books/17'><a href='/books/23'>"


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``Spring walk.har`` in the current folder: two pages, a picture from elsewhere, a form with an address."""
    monkeypatch.chdir(tmp_path)
    page = '<title>The Salt Ferry</title><input name="csrf" value="9f8e7d6c5b4a3928">'
    document = har(
        entry("/books", body=SHELF),
        entry("https://t.example/p.gif", accept="image/*", mime="image/gif"),
        entry("/books/17", body=page, at=8),
        entry("/basket", method="POST", sent="csrf=9f8e7d6c5b4a3928&email=joe%40example.org", at=12, took=0),
    )
    path = Path("Spring walk.har")
    path.write_text(json.dumps(document))
    return path


def test_the_journey_is_on_standard_output_and_what_is_said_of_it_is_not(
    recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "record", str(recording))
    assert code == 0
    assert (
        out
        == """\
journeys:
  # 4 requests recorded on 2026-11-22 with Firefox 150.0 became 3 steps on
  # www.shop.example.
  # Left out, because load goes to listed targets only: 1 request to t.example.
  # Secrets: 1 e-mail address stood in the recording; none of them stands here.
  # 1 step changes something on the site: the target needs `side_effects:
  # accepted`, and test accounts, test payment and a way to clean up.
  # Lines marked ! need a look before this journey can work.
  # `continue: 60%` on a step says how many go on to it; without it everyone
  # does.
  spring-walk:
    steps:
      - get: "{landing}"           # recorded: /books
        expect: {status: 200}
      - get: /books/17
        # 17 is one of many books: --data proposes a file of them
        think: 8s
        expect: {status: 200, text: "The Salt Ferry"}
        capture:
          csrf: 'name="csrf"[^>]*?value="([^"]+)"'
      - post: /basket
        # ! a made-up e-mail address stands here: put one of a test account
        think: 4s
        form:
          csrf: "{csrf}"
          email: "visitor@example.com"
        expect: {status: 200}
"""
    )
    assert err == (
        "4 requests recorded on 2026-11-22 with Firefox 150.0 became 3 steps on\nwww.shop.example.\n"
        "Next: put these lines under `journeys:` in site.yaml, then\n  spikekit check site.yaml\n"
    )


def test_what_it_prints_can_be_appended_to_a_site_file_and_checked(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(capsys, "record", str(recording), "--name", "walk", "--data")
    (tmp_path / "site.yaml").write_text(SITE + out)
    assert run(capsys, "check", "site.yaml") == (0, "site.yaml: fine\n", "")


def test_written_files_lie_in_the_folder_and_a_check_of_it_stays_quiet(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "site.yaml").write_text(SITE)
    code, out, err = run(capsys, "record", str(recording), "--name", "walk", "--data", "--write", "shop")
    assert (code, err) == (0, "")
    assert "Written: shop/walk.yaml, shop/walk-books.csv, shop/walk-visitors.csv\n" in out
    assert run(capsys, "check", "shop") == (0, "shop/site.yaml: fine\n", "")
    assert (tmp_path / "shop" / "walk-books.csv").read_text() == "id\n17\n23\n"
    lines = (tmp_path / "shop" / "walk.yaml").read_text()
    journey = journey_in(tmp_path / "shop", f"journeys:\n{lines}")
    assert [s.path for s in journey.steps] == ["{landing}", "/books/{id}", "/basket"]


def test_nothing_is_ever_overwritten(recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "walk-books.csv").write_text("mine")
    code, out, err = run(capsys, "record", str(recording), "--name", "walk", "--data", "--write", ".")
    assert (code, out) == (2, "")
    assert "nothing was written: walk-books.csv exists already" in err
    assert (tmp_path / "walk-books.csv").read_text() == "mine"
    assert not (tmp_path / "walk.yaml").exists()


def test_json_is_one_document(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "record", str(recording), "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["schema"] == "spikekit.record/1"
    assert {"id", "created", "tool_version", "seed", "label"} <= document.keys()
    assert document["inputs"] == {"Spring walk.har": digest(recording)}
    assert (document["journey"], document["host"]) == ("spring-walk", "www.shop.example")
    assert document["requests"] == {
        "recorded": 4,
        "steps": 3,
        "redirects": 0,
        "assets": 0,
        "other_hosts": {"t.example": 1},
        "left_out": {},
    }
    assert document["removed"] == {"e-mail address": 1}
    assert [(s["method"], s["path"], s["think_seconds"]) for s in document["steps"]] == [
        ("GET", "{landing}", 0),
        ("GET", "/books/17", 8),
        ("POST", "/basket", 4),
    ]
    assert document["yaml"].startswith("journeys:\n")
    assert document["files"] == []


def test_json_tells_errors_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cut.har"
    path.write_text('{"log": {"entries": [{"request"')
    code, out, _ = run(capsys, "record", str(path), "--json")
    document = json.loads(out)
    assert (code, document["schema"]) == (2, "spikekit.error/1")
    assert document["problems"][0]["line"] == 1


def test_a_broken_file_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.har").write_text("<html>")
    assert run(capsys, "record", "bad.har") == (
        2,
        "",
        "bad.har:1:1 not JSON, as HAR files are: expecting value\n1 problem. Nothing was run.\n",
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--host", "shop.example"), 'no request of the recording went to "shop.example"'),
        (("--name", "My Walk"), "did you mean my-walk?"),
        (("--name", "landing"), '"landing" has a meaning of its own'),
        (("--name", "targets"), '"targets" has a meaning of its own'),
    ],
)
def test_what_cannot_be_meant_is_told(
    recording: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, str], message: str
) -> None:
    code, out, err = run(capsys, "record", str(recording), *words)
    assert (code, out) == (2, "")
    assert message in err


@pytest.mark.parametrize("stem", ["landing", "site", "---", "日本"])
def test_a_file_s_name_that_cannot_be_a_journey_s_is_not_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], stem: str
) -> None:
    path = tmp_path / f"{stem}.har"
    path.write_text(json.dumps(har(entry("/"))))
    code, out, _ = run(capsys, "record", str(path))
    assert code == 0
    assert "\n  recorded:\n" in out


def test_the_page_about_it_names_every_option_and_shows_a_journey_that_is_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "record.md").read_text(encoding="utf-8")
    options = {name for option in command.params for name in option.opts if name.startswith("--")}
    assert {"--name", "--host", "--data", "--write"} <= options
    assert [o for o in options - {"--site", "--state", "--seed"} if f"`{o}" not in page] == []
    (block,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert len(journey_in(tmp_path, block.replace("\n  buy:", "\n  walk:")).steps) == 4
