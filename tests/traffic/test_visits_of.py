"""A campaign's visits are read from logs, minute by minute."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path

import pytest

from spikekit.errors import Unmeasured
from spikekit.traffic.visits_of import read_observed
from tests.known_truth import KnownLog
from tests.traffic.lines import LAUNCH, LINK, campaign, line

FRY = campaign()


def test_a_known_log_gives_the_campaign_s_visits_by_minute(known_log: KnownLog) -> None:
    observed = read_observed([known_log.path], FRY)
    assert observed.began == known_log.first
    assert observed.visitors == (0.0, float(known_log.entries["fry-reads"]))
    assert observed.saturated == (False, True)


def test_logs_in_several_parts_are_one(known_log: KnownLog) -> None:
    whole = known_log.path.read_bytes().splitlines(keepends=True)
    packed, rest = known_log.path.with_suffix(".1.gz"), known_log.path.with_suffix(".0")
    packed.write_bytes(gzip.compress(b"".join(whole[:500])))
    rest.write_bytes(b"".join(whole[500:]))
    assert read_observed([rest, packed], FRY) == read_observed([known_log.path], FRY)


def test_minutes_without_a_line_are_minutes_without_visits(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text("".join(line(LINK, at=at, address=str(at)) for at in (-30, 5, 65, 70, 250)))
    observed = read_observed([path], FRY)
    assert observed.began == LAUNCH - timedelta(minutes=1)
    assert observed.visitors == (1, 1, 2, 0, 0, 1)
    assert observed.saturated == ()


def test_logs_of_another_time_are_no_measurement(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text(line(LINK, at=30 * 86_400))
    with pytest.raises(Unmeasured, match="around the launch of fry-reads"):
        read_observed([path], FRY)
