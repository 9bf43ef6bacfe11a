"""What a page costs, as it was counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from spikekit.forecast.priors import REQUESTS_PER_LANDING
from spikekit.history.pages import measured_landing
from spikekit.site.model import Journey, Objectives, Site, Step, Target
from tests.readiness.cases import capacity_document


def _site(assets: Any = "auto") -> Site:
    """Half go on to a page without its files."""
    landing = Step(name="landing page", method="GET", path="{landing}", assets=assets)
    more = Step(name="GET /more", method="GET", path="/more", continue_ratio=0.5)
    target = Target(name="staging", url="http://127.0.0.1:1", consent="private")
    look = Journey(name="look", steps=(landing, more))
    return Site(name="shop", production=None, targets=(target,), objectives=Objectives(), journeys=(look,))


def _keep(state: Path, name: str, **more: Any) -> None:
    folder = state / "runs" / name
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(capacity_document(rate=40.0, **more)))


def test_the_newest_search_of_the_site_s_targets_counts(tmp_path: Path) -> None:
    _keep(tmp_path, "20261121-100000-capacity-staging-aaaa", requests_per_visitor=6.5)
    _keep(tmp_path, "20261120-100000-capacity-staging-bbbb", requests_per_visitor=9.5, created="2026-11-20T10:00+00:00")
    _keep(tmp_path, "20261122-100000-capacity-other-cccc", requests_per_visitor=2.5, target="other")
    _keep(tmp_path, "20261122-100000-load-staging-dddd", requests_per_visitor=2.5)
    found = measured_landing(tmp_path, _site())
    assert found.range.is_exact
    assert found.range.likely == pytest.approx(6.0)
    assert found.source == "counted on staging by spikekit capacity, 21 November 2026"


def test_where_nobody_counted_files_the_prior_stands(tmp_path: Path) -> None:
    assert measured_landing(tmp_path, _site()) is REQUESTS_PER_LANDING
    _keep(tmp_path, "20261121-100000-capacity-staging-aaaa", requests_per_visitor=1.5)
    assert measured_landing(tmp_path, _site("none")) is REQUESTS_PER_LANDING
    assert measured_landing(tmp_path, None) is REQUESTS_PER_LANDING
    (tmp_path / "runs" / "20261121-100000-capacity-staging-aaaa" / "run.json").write_text("{")
    assert measured_landing(tmp_path, _site()) is REQUESTS_PER_LANDING
