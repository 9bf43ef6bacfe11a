"""Past campaigns are kept, one file each: replaced and never doubled, broken ones told and never lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikekit.campaign.model import PastCurve
from spikekit.forecast.calibration import PastResult
from spikekit.review.record import Judged, Outcome, PastRecord, Source, record_from_document
from spikekit.review.store import keep, past_results, read_past, record_file
from spikekit.vocabulary import ChannelKind

LAUNCH = datetime(2026, 12, 4, 18, 0, tzinfo=UTC)
NOW = LAUNCH + timedelta(days=2)


def post(**more: Any) -> PastResult:
    known = {"campaign": "fry-reads", "kind": ChannelKind.CELEBRITY_POST, "clicks": 14_600.0, "audience": 1.3e6}
    return PastResult(**{**known, **more})


def record(**more: Any) -> PastRecord:
    known: dict[str, Any] = {
        "campaign": "fry-reads",
        "name": "Fry tweets our reading app",
        "source": Source.REVIEW,
        "launch": LAUNCH,
        "site": "bookshop",
        "results": (post(curve=PastCurve(offset_seconds=(0.0, 60.0, 120.0), visitors=(3.0, 5.0))),),
        "total": Judged(observed=14_600, p10=1_000, p50=4_000, p90=16_000),
        "requests_per_landing": 31.5,
        **more,
    }
    return PastRecord(**known)


def test_what_is_kept_is_what_the_next_forecast_learns(tmp_path: Path) -> None:
    keep(tmp_path, record(), now=NOW)
    (learned,) = past_results(tmp_path)
    assert learned == replace(record().results[0], site="bookshop", date=LAUNCH, held=True, requests_per_landing=31.5)
    assert read_past(tmp_path).records == (record(),)


def test_reviewing_the_same_campaign_again_replaces_it(tmp_path: Path) -> None:
    for clicks in (100.0, 200.0, 200.0):
        keep(tmp_path, record(results=(post(clicks=clicks),)), now=NOW)
    assert [r.clicks for r in past_results(tmp_path)] == [200.0]
    keep(tmp_path, record(launch=LAUNCH + timedelta(days=7)), now=NOW)
    assert len(past_results(tmp_path)) == 2


def test_an_export_never_replaces_a_review_but_a_review_replaces_an_export(tmp_path: Path) -> None:
    imported = record(source=Source.IMPORT, total=None)
    assert keep(tmp_path, imported, now=NOW) is not None
    assert keep(tmp_path, record(), now=NOW) is not None
    assert keep(tmp_path, imported, now=NOW) is None
    assert read_past(tmp_path).records == (record(),)


def test_a_broken_file_is_told_left_out_and_not_lost(tmp_path: Path) -> None:
    keep(tmp_path, record(), now=NOW)
    other = record(campaign="other")
    bad = record_file(tmp_path, other)
    bad.write_text('{"schema": "spikekit.past/1", "campaign": ')
    told: list[str] = []
    assert len(past_results(tmp_path, told.append)) == 1
    assert len(told) == 1
    assert str(bad) in told[0]
    # Nor is it overwritten by an export: whatever it held, somebody may mend it.
    assert keep(tmp_path, replace(other, source=Source.IMPORT), now=NOW) is None
    assert bad.read_text().startswith('{"schema"')


def test_where_nothing_is_kept_nothing_is_known(tmp_path: Path) -> None:
    assert past_results(tmp_path / "nowhere") == ()


def test_names_that_look_alike_get_files_of_their_own(tmp_path: Path) -> None:
    files = {record_file(tmp_path, record(campaign=name)).name for name in ("Sale!", "Sale?", "sale", "Sälé", "/../x")}
    assert len(files) == 5
    assert all("/" not in name for name in files)
    assert "sale-20261204.json" in files
    assert record_file(tmp_path, record(launch=None)).name == "fry-reads-undated.json"


def test_the_file_is_readable_json_with_the_schema(tmp_path: Path) -> None:
    path = keep(tmp_path, record(), now=NOW)
    assert path is not None
    document = json.loads(path.read_text())
    assert document["schema"] == "spikekit.past/1"
    assert document["results"][0]["clicks"] == 14_600
    assert document["total"] == {"observed": 14_600, "p10": 1_000, "p50": 4_000, "p90": 16_000, "is_lower_bound": False}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": "spikekit.past/9"}, "spikekit.past/1"),
        ({"campaign": None}, "campaign: expected text"),
        ({"results": 3}, "results: expected a list"),
        ({"results": [{"kind": "telegram", "clicks": 1}]}, "telegram"),
        ({"results": [{"kind": "email", "clicks": "many"}]}, "clicks: expected a number"),
        ({"results": [{"kind": "email", "clicks": -1}]}, "clicks: expected a number"),
        ({"launch": "2026-12-04T18:00"}, "offset"),
        ({"results": [{"kind": "email", "clicks": 1, "curve": {"offset_seconds": [0], "visitors": [1]}}]}, "ascending"),
    ],
)
def test_what_cannot_be_is_told_by_its_name(change: dict[str, Any], says: str) -> None:
    document = {**record().document(recorded=NOW, tool_version="1"), **change}
    with pytest.raises(ValueError, match=says):
        record_from_document(document)


@pytest.mark.parametrize(
    ("observed", "bound", "outcome", "held"),
    [
        (14_600, False, Outcome.INSIDE, True),
        (16_001, False, Outcome.ABOVE, False),
        (999, False, Outcome.BELOW, False),
        (999, True, Outcome.UNKNOWN, None),
        (14_600, True, Outcome.UNKNOWN, None),
        (16_001, True, Outcome.ABOVE, False),
    ],
)
def test_a_clipped_count_can_only_tell_that_more_came(
    observed: float, bound: bool, outcome: Outcome, held: bool | None
) -> None:
    judged = Judged(observed=observed, p10=1_000, p50=4_000, p90=16_000, is_lower_bound=bound)
    assert (judged.outcome, judged.held) == (outcome, held)


results = st.builds(
    PastResult,
    campaign=st.just("fry-reads"),
    kind=st.sampled_from(ChannelKind),
    clicks=st.floats(0, 1e9),
    audience=st.none() | st.floats(0, 1e9),
    account=st.none() | st.text(min_size=1, max_size=8).filter(lambda t: t.isprintable()),
    is_lower_bound=st.booleans(),
    share=st.floats(0, 1),
    window_seconds=st.floats(0, 1e6),
)


@settings(max_examples=30)
@given(found=st.lists(results, max_size=3), launch=st.none() | st.datetimes(timezones=st.just(UTC)))
def test_a_record_comes_back_as_it_was_written(found: list[PastResult], launch: datetime | None) -> None:
    written = record(results=tuple(found), launch=launch, total=None)
    text = json.dumps(written.document(recorded=NOW, tool_version="1"))
    assert record_from_document(json.loads(text)) == written


@pytest.mark.parametrize("name", ["fry-reads", "Fry  tweets our Reading app"])
def test_what_was_imported_and_reviewed_counts_once(tmp_path: Path, name: str) -> None:
    day = LAUNCH.replace(hour=0)
    imported = record(campaign=name, name=name, source=Source.IMPORT, launch=day, total=None)
    assert keep(tmp_path, imported, now=NOW) is not None
    assert len(past_results(tmp_path)) == 1
    keep(tmp_path, record(), now=NOW)
    assert read_past(tmp_path).records == (record(),)
    assert keep(tmp_path, imported, now=NOW, reviews=[record()]) is None
    another = replace(imported, launch=day - timedelta(days=300))
    assert keep(tmp_path, another, now=NOW, reviews=[record()]) is not None
    assert len(past_results(tmp_path)) == 2
