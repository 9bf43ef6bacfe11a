"""What was reckoned already is not reckoned again, and never served where it would no longer be the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spikekit.history.evidence import kept_evidence
from spikekit.history.folder import create_run_folder
from spikekit.metrics.project import CampaignNumbers, ProjectNumbers
from spikekit.readiness.evidence import Evidence
from spikekit.serve.answers import Answers
from spikekit.serve.evidence import evidence_by_campaign
from spikekit.serve.numbers import project_numbers
from spikekit.serve.place import Place
from spikekit.site.project import check
from spikekit.vocabulary import RunKind
from tests.gate.projects import campaign, measured, site
from tests.sample_runs import good_run


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Two campaigns of which none feels the other."""
    site_file = site(tmp_path)
    campaign(tmp_path, "soon", days=2)
    campaign(tmp_path, "later", days=60)
    return Place(site_file=site_file, state=tmp_path / ".spikekit", seed=1)


def _measured(place: Place) -> None:
    folder = create_run_folder(place.state, kind=RunKind.CAPACITY, subject="staging", now=datetime.now(UTC))
    folder.document_file.write_text(json.dumps({**measured(), "id": folder.id}))


def _rehearsed(place: Place) -> None:
    folder = create_run_folder(place.state, kind=RunKind.REHEARSAL, subject="soon", now=datetime.now(UTC))
    folder.write_document(replace(good_run(), id=folder.id, campaign="soon", target="staging"))


def _read(place: Place, answers: Answers | None = None) -> ProjectNumbers:
    return project_numbers(place, lambda _: None, answers)


def _by_id(numbers: ProjectNumbers) -> dict[str, CampaignNumbers]:
    return {c.id: c for c in numbers.campaigns}


def _rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


CHANGES: dict[str, tuple[Callable[[Place], object], set[str]]] = {
    "nothing": (lambda p: None, set()),
    "its own file": (lambda p: _rewrite(p.folder / "soon.yaml", "50k", "150k"), {"soon"}),
    "another of its hours": (lambda p: campaign(p.folder, "other", days=2, audience="400k"), {"soon"}),
    "the site": (lambda p: _rewrite(p.site_file, "25%", "30%"), {"soon", "later"}),
    "a measurement": (_measured, {"soon", "later"}),
    "its rehearsal": (_rehearsed, {"soon"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_the_numbers_are_those_of_a_fresh_look_and_the_rest_is_not_reckoned_again(
    place: Place, change: str
) -> None:
    answers = Answers()
    before = _by_id(_read(place, answers))
    make, changed = CHANGES[change]
    make(place)
    after = _read(place, answers)
    assert replace(after, read=0.0) == replace(_read(place), read=0.0)
    # A band that was kept is the very same one, not an equal one.
    assert {name for name, each in before.items() if _by_id(after)[name].curve is not each.curve} == changed


def test_one_look_at_the_runs_finds_what_each_campaign_would_find_alone(place: Place) -> None:
    _measured(place)
    _rehearsed(place)
    broken = create_run_folder(place.state, kind=RunKind.LOAD, subject="x", now=datetime.now(UTC))
    broken.document_file.write_text("[]")
    campaigns = [r.campaign for r in check([place.folder]) if r.campaign is not None]
    assert len(campaigns) == 2
    found = evidence_by_campaign(place.state, campaigns)
    alone: dict[str | None, tuple[Evidence, ...]] = {c.id: tuple(kept_evidence(place.state, c)) for c in campaigns}
    assert found == {**alone, None: tuple(kept_evidence(place.state, None))}
    assert len(found["soon"]) == len(found["later"]) + 1


def test_what_nobody_asks_for_any_more_is_forgotten() -> None:
    answers = Answers()
    assert answers.answer("a", 1, lambda: "first") == "first"
    assert answers.answer("a", 1, lambda: "again") == "first"
    answers.forget_unasked()
    answers.forget_unasked()
    assert answers.answer("a", 1, lambda: "anew") == "anew"
