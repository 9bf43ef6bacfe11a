"""``spikekit past`` as it is typed: one step from an export to a calibrated forecast."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_forecast import run
from tests.review.test_export import BREVO, MAILCHIMP


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results.csv").write_text(MAILCHIMP)
    return tmp_path


def forecast(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, float]]:
    out = run(capsys, "forecast", "--kind", "email", "--audience", "100k", "--json")[1]
    document: dict[str, dict[str, float]] = json.loads(out)
    return document


def test_the_first_forecast_is_already_calibrated(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    def spread() -> float:
        visitors = forecast(capsys)["visitors_24h"]
        return visitors["p90"] / visitors["p10"]

    before = spread()
    code, out, err = run(capsys, "past", "import", "results.csv")
    assert (code, err) == (0, "")
    assert "2 results of 2 campaigns understood in results.csv." in out
    assert "2 campaigns kept in .spikekit;" in out
    assert forecast(capsys)["calibrated"] is True
    assert spread() < 0.8 * before


def test_importing_again_changes_nothing(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    for _ in range(2):
        run(capsys, "past", "import", "results.csv")
    assert len(list((folder / ".spikekit" / "past").iterdir())) == 2


def test_a_dry_run_shows_what_was_understood_and_keeps_nothing(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    code, out, _ = run(capsys, "past", "import", "results.csv", "--dry-run")
    assert code == 0
    assert "without --dry-run it is, in .spikekit; no site.yaml was found" in " ".join(out.split())
    for said in (
        "sent        Successful Deliveries",
        "clicks      Total Clicks",
        "Readers",
        "not used:",
        "Nothing was kept",
    ):
        assert said in out
    assert max(map(len, out.splitlines())) <= 80
    assert not (folder / ".spikekit").exists()


def test_bad_rows_are_told_and_nothing_is_kept_unless_they_are_to_be_skipped(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "results.csv").write_text(MAILCHIMP + MAILCHIMP.splitlines()[1].replace("325", "lots") + "\n")
    code, out, err = run(capsys, "past", "import", "results.csv")
    assert (code, out) == (2, "")
    assert "results.csv:4:" in err
    assert 'found "lots"' in err
    assert not (folder / ".spikekit").exists()
    code, out, err = run(capsys, "past", "import", "results.csv", "--dry-run")
    assert code == 2
    assert "until the table is mended nothing is kept; --skip-bad" in " ".join(out.split())
    code, out, err = run(capsys, "past", "import", "results.csv", "--dry-run", "--skip-bad")
    said = " ".join(out.split())
    assert code == 0
    assert "Nothing was kept: without --dry-run it is" in said
    assert said.endswith("1 problem told above; those rows are left out.")
    code, out, err = run(capsys, "past", "import", "results.csv", "--skip-bad")
    assert code == 0
    assert 'found "lots"' in err
    assert "2 campaigns kept" in out
    assert "1 problem told above" in out


@pytest.mark.parametrize("more", [(), ("--dry-run",), ("--skip-bad",), ("--dry-run", "--skip-bad")])
def test_a_table_of_which_nothing_is_understood_is_wrong_in_every_way_of_asking(
    capsys: pytest.CaptureFixture[str], folder: Path, more: tuple[str, ...]
) -> None:
    head, *rows = MAILCHIMP.splitlines()
    (folder / "results.csv").write_text("\n".join([head, *(r.replace("325", "lots") for r in rows if "325" in r)]))
    code, out, err = run(capsys, "past", "import", "results.csv", *more)
    assert code == 2
    assert 'found "lots"' in err
    assert "--skip-bad" not in out
    assert not (folder / ".spikekit").exists()


SITE = "version: 1\nsite: bookshop\nproduction: {url: 'https://www.example.com'}\n"


def test_who_learns_is_said_with_the_place(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    def said(*more: str) -> str:
        return " ".join(run(capsys, "past", "import", "results.csv", *more)[1].split())

    assert said().endswith(
        "2 campaigns kept in .spikekit; no site.yaml was found, so only campaigns in this very folder learn from them. "
        "For the whole site, run it in the project's folder, or name its state with --state DIR."
    )
    assert "2 campaigns kept in kept; every forecast with the same --state learns from them." in said("--state", "kept")
    (folder / "site.yaml").write_text(SITE)
    assert "2 campaigns kept in .spikekit; every forecast of bookshop learns from them." in said()


def test_the_documents_are_whole(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "brevo.csv").write_text(BREVO)
    document = json.loads(run(capsys, "past", "import", "brevo.csv", "--account", "Leser", "--json")[1])
    assert document["schema"] == "spikekit.past-import/1"
    assert document["kept"] == 1
    assert document["results"][0]["clicks"] == 325
    assert document["results"][0]["account"] == "Leser"
    listed = json.loads(run(capsys, "past", "list", "--json")[1])
    assert listed["schema"] == "spikekit.past-list/1"
    assert [p["campaign"] for p in listed["past"]] == ["Herbst"]
    assert Path(listed["past"][0]["file"]).is_file()


def test_the_list_says_what_is_known(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert "No past campaign is known" in run(capsys, "past", "list")[1]
    run(capsys, "past", "import", "results.csv")
    code, out, _ = run(capsys, "past", "list")
    assert code == 0
    assert "October, first" in out
    assert "not judged" in out
    assert "2.6 % to 2.7 %" in out
    assert max(map(len, out.splitlines())) <= 80
