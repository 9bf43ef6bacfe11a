"""A project's files and runs become the numbers that its commands would give."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from spikekit.cli import main
from spikekit.history.folder import create_run_folder
from spikekit.metrics import names
from spikekit.metrics.project import ProjectMetrics, ProjectNumbers
from spikekit.serve.following import Following
from spikekit.serve.numbers import project_numbers
from spikekit.serve.place import Place
from spikekit.vocabulary import RunKind
from tests.cli.test_readiness import SITE
from tests.known_truth import KnownCampaign
from tests.readiness.cases import capacity_document
from tests.sample_runs import good_run


@pytest.fixture
def place(known_campaign: KnownCampaign) -> Place:
    """The known campaign, launched tomorrow, whatever today is."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    text = known_campaign.campaign.read_text()
    known_campaign.campaign.write_text(text.replace("2026-12-04T18:00", f"{tomorrow:%Y-%m-%dT%H:%M}"))
    folder = known_campaign.site.parent
    return Place(site_file=known_campaign.site, state=folder / ".spikekit", seed=1)


def _read(place: Place) -> tuple[ProjectNumbers, list[str]]:
    said: list[str] = []
    return project_numbers(place, said.append), said


def _rehearsed(place: Place, *, held: bool, age: timedelta) -> datetime:
    """A kept rehearsal of the known campaign, so long ago."""
    now = (datetime.now(UTC) - age).replace(microsecond=0)
    folder = create_run_folder(place.state, kind=RunKind.REHEARSAL, subject="known", now=now)
    verdict = type(good_run().verdict)("ready" if held else "not_ready")
    folder.write_document(replace(good_run(), id=folder.id, campaign="known", created=now.isoformat(), verdict=verdict))
    return now


def test_a_campaign_without_doubt_has_its_exact_curve_for_now_and_nobody_before_or_after(place: Place) -> None:
    (campaign,) = _read(place)[0].campaigns
    assert campaign.peak == pytest.approx({0.5: 5.0, 0.9: 5.0, 0.99: 5.0})
    assert campaign.curve.at(campaign.launch + 90)[0.5] == pytest.approx(5.0)
    assert campaign.curve.at(campaign.launch + 30) == pytest.approx({0.5: 1.0, 0.9: 1.0, 0.99: 1.0})
    assert set(campaign.curve.at(campaign.launch - 1).values()) == {0.0}
    assert set(campaign.curve.at(campaign.launch + 10**7).values()) == {0.0}


def test_what_is_not_known_is_no_number(place: Place) -> None:
    numbers, _said = _read(place)
    (campaign,) = numbers.campaigns
    assert (campaign.survival, campaign.rehearsed, campaign.gate_passed) == (None, None, None)
    assert numbers.production is None
    assert numbers.targets == ()


def test_the_newest_rehearsal_with_a_verdict_counts(place: Place) -> None:
    _rehearsed(place, held=True, age=timedelta(days=2))
    newest = _rehearsed(place, held=False, age=timedelta(days=1))
    (campaign,) = _read(place)[0].campaigns
    assert campaign.rehearsed == newest.timestamp()
    assert not campaign.rehearsal_held


def test_the_gate_says_who_passed_of_those_that_were_due(place: Place, tmp_path: Path) -> None:
    gate = {
        "schema": "spikekit.gate/1",
        "campaigns": [
            {"campaign": "known", "status": "not_ready", "passed": False},
            {"campaign": "later", "status": None, "passed": True},
        ],
    }
    file = tmp_path / "gate.json"
    file.write_text(json.dumps(gate))
    assert [c.gate_passed for c in _read(replace(place, gate_file=file))[0].campaigns] == [False]
    file.write_text("[]")
    numbers, said = _read(replace(place, gate_file=file))
    assert [c.gate_passed for c in numbers.campaigns] == [None]
    assert "is no document of the gate" in said[0]


def test_a_broken_file_is_told_and_counted_and_costs_no_other_its_numbers(place: Place) -> None:
    (place.folder / "broken.yaml").write_text("launch: never\nchannels: []\n")
    (place.folder / "draft.yaml").write_text(
        (place.folder / "known.yaml").read_text().replace("status: confirmed", "status: draft")
    )
    numbers, said = _read(place)
    assert [c.id for c in numbers.campaigns] == ["known"]
    assert numbers.problems == 1
    assert "broken.yaml" in said[0]


def test_a_campaign_long_past_is_told_of_no_more(place: Place) -> None:
    text = (place.folder / "known.yaml").read_text()
    old = datetime.now(UTC) - timedelta(days=40)
    long_ago = text.replace(text.split("launch: ")[1].split("\n")[0], f"{old:%Y-%m-%dT%H:%M}")
    (place.folder / "long-ago.yaml").write_text(long_ago)
    numbers, _said = _read(place)
    assert [c.id for c in numbers.campaigns] == ["known"]


def test_numbers_follow_the_files_and_a_site_without_sense_leaves_them_as_they_were(place: Place) -> None:
    metrics = ProjectMetrics()
    said: list[str] = []
    following = Following(place, metrics, said.append)
    assert following.look() is not None
    assert following.look() is None
    site = place.site_file.read_text()
    place.site_file.write_text("version: 1\nsite: [bookshop\n")
    assert following.look() is None
    assert "stay as they were" in said[0]
    assert any(family.samples for family in metrics.families())
    place.site_file.write_text(site + "# mended\n")
    assert following.look() is not None


def test_what_is_safe_now_is_of_the_heaviest_journey_and_its_help_says_so(tmp_path: Path) -> None:
    found = []
    for journeys in ("", '  peek: {steps: [{get: "{landing}"}]}\n'):
        site = tmp_path / "site.yaml"
        site.write_text(SITE + journeys)
        now = datetime.now(UTC).isoformat()
        document = capacity_document(rate=400.0, requests_per_visitor=1.0, journey="landing", created=now)
        folder = tmp_path / ".spikekit" / "runs" / "search"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "run.json").write_text(json.dumps(document))
        found.append(_read(Place(site_file=site, state=tmp_path / ".spikekit", seed=1))[0].survivable)
    # A lighter journey beside it changes nothing, though its visitors could be many times as many.
    assert found[0]["email"] > 0
    assert found[0] == found[1]
    (told,) = (name.says for name in names.EVERY if name.name == "spikekit_survivable_audience")
    assert "heaviest journey" in told


def test_what_the_gate_said_last_is_known_to_serve(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.state.mkdir()
    before = place.fingerprint()
    with pytest.raises(SystemExit) as left:
        main(["gate", str(place.folder / "known.yaml"), "--state", str(place.state), "--json"])
    assert left.value.code == 4
    assert place.fingerprint() != before
    printed = place.folder / "gate-answer.json"
    printed.write_text(capsys.readouterr().out)
    for asked in (place, replace(place, gate_file=printed)):
        assert [c.gate_passed for c in _read(asked)[0].campaigns] == [False]
