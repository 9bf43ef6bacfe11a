"""A campaign's visits are read from logs, minute by minute."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path

import pytest

from spikekit.errors import Unmeasured
from spikekit.traffic.visits_of import read_observed
from tests.known_truth import KnownLog
from tests.traffic.lines import DESK, LAUNCH, LINK, campaign, line

FRY = campaign()


def test_a_known_log_gives_the_campaign_s_visits_by_minute(known_log: KnownLog) -> None:
    observed = read_observed([known_log.path], FRY).total
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
    observed = read_observed([path], FRY).total
    assert observed.began == LAUNCH - timedelta(minutes=1)
    assert observed.visitors == (1, 1, 2, 0, 0, 1)
    assert observed.saturated == ()


def test_logs_of_another_time_are_no_measurement(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text(line(LINK, at=30 * 86_400))
    with pytest.raises(Unmeasured, match="around the launch of fry-reads"):
        read_observed([path], FRY)


SCANNER = "Mozilla/5.0 (compatible; Barracuda Sentinel)"


def link(source: str, medium: str) -> str:
    return f"/books?utm_source={source}&utm_medium={medium}&utm_campaign=fry-reads"


def test_machines_on_the_campaign_s_links_count_as_they_do_in_a_forecast(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    lines = [line(LINK, at=5, address="1"), line(LINK, at=6, address="2", agent=SCANNER)]
    lines += [line(LINK, at=7, address="3", agent=SCANNER, method="HEAD"), line("/books", at=8, agent=SCANNER)]
    lines += [line(LINK, at=9, address="4", agent=SCANNER, status=301)]
    path.write_text("".join(lines))
    series = read_observed([path], FRY)
    assert series.total.total == 2
    assert series.requests_per_visitor == 1


def test_links_of_several_channels_are_told_apart_and_add_up(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    lines = [line(link("news", "email"), at=i, address=f"a{i}") for i in range(3)]
    lines += [line(link("stephenfry", "social"), at=i, address=f"b{i}") for i in range(2)]
    lines += [line("/books?utm_campaign=fry-reads", at=i, address=f"c{i}") for i in range(4)]
    path.write_text("".join(lines))
    series = read_observed([path], FRY)
    assert {mark: part.total for mark, part in series.parts.items()} == {"news / email": 3, "stephenfry / social": 2}
    assert series.total.total == 9


def test_words_that_anybody_may_write_into_a_link_stay_bounded_and_lose_nobody(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text("".join(line(link(f"s{i}", "x"), at=i % 50, address=f"a{i}") for i in range(500)))
    series = read_observed([path], FRY)
    assert series.total.total == 500
    assert len(series.parts) <= 40


def test_requests_that_reach_the_origin_are_counted_by_visitor(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    assets = [line(f"/{i}.css", at=6, referrer="https://www.example.com/books", agent=DESK) for i in range(4)]
    path.write_text("".join([line(LINK, at=5, agent=DESK), *assets]))
    assert read_observed([path], FRY, own_hosts=["www.example.com"]).requests_per_visitor == 5
