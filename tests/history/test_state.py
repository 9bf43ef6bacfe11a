"""Where runs are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from spikekit.errors import UsageError
from spikekit.history.state import state_folder


def test_a_folder_that_was_named_wins(tmp_path: Path) -> None:
    assert state_folder(tmp_path, explicit=Path("elsewhere"), site_file=tmp_path / "site.yaml") == Path("elsewhere")


def test_it_stands_beside_the_site_file_that_was_named(tmp_path: Path) -> None:
    site = tmp_path / "shop" / "shop.yaml"
    site.parent.mkdir()
    site.touch()
    assert state_folder(tmp_path, site_file=site) == site.parent / ".spikekit"


def test_a_site_file_that_does_not_exist_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        state_folder(tmp_path, site_file=tmp_path / "shop.yaml")


def test_it_stands_beside_the_nearest_site_file_above(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").touch()
    deep = tmp_path / "campaigns" / "2026"
    deep.mkdir(parents=True)
    assert state_folder(deep) == tmp_path / ".spikekit"


def test_without_any_site_it_is_where_one_stands(tmp_path: Path) -> None:
    assert state_folder(tmp_path) == tmp_path / ".spikekit"
