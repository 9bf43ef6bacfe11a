"""Where runs are kept."""

from __future__ import annotations

from pathlib import Path

from spikekit.history.state import state_folder


def test_a_folder_that_was_named_wins(tmp_path: Path) -> None:
    assert state_folder(tmp_path, explicit=Path("/elsewhere"), site_file=tmp_path / "site.yaml") == Path("/elsewhere")


def test_it_stands_beside_the_site_file_that_was_named(tmp_path: Path) -> None:
    assert state_folder(tmp_path, site_file=Path("/shop/site.yaml")) == Path("/shop/.spikekit")


def test_it_stands_beside_the_nearest_site_file_above(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").touch()
    deep = tmp_path / "campaigns" / "2026"
    deep.mkdir(parents=True)
    assert state_folder(deep) == tmp_path / ".spikekit"


def test_without_any_site_it_is_where_one_stands(tmp_path: Path) -> None:
    assert state_folder(tmp_path) == tmp_path / ".spikekit"
