"""The starter project is fine as it is written, launches in the future, and replaces nothing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spikekit.errors import UsageError
from spikekit.site.editor import RECORDS
from spikekit.site.project import campaign_files, check
from spikekit.site.starter import FILES, STARTER, TEMPLATE, write_project


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(today=st.dates(date(2024, 1, 1), date(2090, 12, 31)))
def test_it_is_fine_on_whatever_day_it_is_written(tmp_path_factory: pytest.TempPathFactory, today: date) -> None:
    folder = tmp_path_factory.mktemp("starter") / "not" / "there" / "yet"
    write_project(folder, today)
    results = check([folder])
    assert [p for r in results for p in r.problems] == []
    (campaign,) = [r.campaign for r in results if r.campaign]
    (site,) = [r.site for r in results if r.site]
    assert campaign.launch.date() == today + timedelta(days=14)
    assert [(t.url, t.consent) for t in site.targets] == [("http://127.0.0.1:8000", "private")]


def test_every_file_of_the_starter_is_listed() -> None:
    assert {str(p.relative_to(STARTER)) for p in STARTER.rglob("*") if p.is_file()} == {f + TEMPLATE for f in FILES}


def test_no_template_is_taken_for_a_campaign_by_who_looks_for_campaigns_around_it() -> None:
    assert campaign_files(STARTER.parent) == []


def test_when_one_file_exists_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("mine")
    with pytest.raises(UsageError, match=r"nothing was written: .*site\.yaml exists already"):
        write_project(tmp_path, date(2026, 11, 1))
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("site.yaml", "mine")]


def test_a_folder_that_holds_other_things_is_welcome(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    assert len(write_project(tmp_path, date(2026, 11, 1))) == len(FILES) + len(RECORDS)


def test_a_file_in_place_of_the_folder_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(UsageError, match="cannot write"):
        write_project(tmp_path / "x", date(2026, 11, 1))
