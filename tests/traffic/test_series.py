"""Exported counts are read as they are, or every row that is wrong is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.errors import FileProblems
from spikekit.traffic.observed import Observed
from spikekit.traffic.series import Series, is_series, read_series

LAUNCH = datetime(2026, 12, 4, 18, 0, tzinfo=ZoneInfo("Europe/London"))


def read(tmp_path: Path, text: str) -> Series:
    path = tmp_path / "clicks.csv"
    path.write_text(text)
    return read_series(path, launch=LAUNCH)


@pytest.mark.parametrize(
    "text",
    [
        "time,count\n2026-12-04T18:00,5\n2026-12-04T18:01,3\n2026-12-04T18:03,7\n",
        "time,visitors\n0,5\n60,3\n180,7\n",
        "Timestamp;Clicks\n04.12.2026 18:03;7\n04.12.2026 18:00;5\n04.12.2026 18:01;3\n",
        "Date + hour + minute (YYYYMMDDHHMM),Sessions\n,15\n202612041800,5\n202612041801,3\n202612041803,7\n",
        "when,how many\n2026-12-04T19:00+01:00,5\n2026-12-04T18:01Z,3\n2026-12-04T18:03Z,7\n",
    ],
)
def test_a_table_of_times_and_counts_is_read(tmp_path: Path, text: str) -> None:
    launch = datetime(2026, 12, 4, 18, 0, tzinfo=UTC)
    assert read(tmp_path, text) == Series(
        total=Observed(began=launch, step_seconds=60.0, visitors=(5.0, 3.0, 0.0, 7.0))
    )


def test_marks_tell_channels_apart_and_add_up(tmp_path: Path) -> None:
    series = read(tmp_path, "time,utm_source,count\n0,x,5\n0,news,2\n60,x,1\n60,x,1\n120,,4\n")
    assert {mark: part.visitors for mark, part in series.parts.items()} == {"x": (5, 2, 0), "news": (2, 0, 0)}
    assert series.total.visitors == (7, 2, 4)


def test_flagged_rows_are_lower_bounds(tmp_path: Path) -> None:
    series = read(tmp_path, "time,count,saturated\n0,5,\n60,3,yes\n120,3,no\n")
    assert series.total.saturated == (False, True, False)


def test_days_are_even_though_clocks_change(tmp_path: Path) -> None:
    series = read(tmp_path, "date,count\n2026-03-28,1\n2026-03-29,2\n2026-03-30,3\n2026-04-01,4\n")
    assert series.total.visitors == (1, 2, 3, 0, 4)


def test_every_bad_row_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(FileProblems) as raised:
        read(tmp_path, "time,count,saturated\nsoon,5,\n60,many,\n120,-1,\n180,4,perhaps\n240,4\n")
    told = [(p.line, p.column) for p in raised.value.problems]
    assert told == [(2, 1), (3, 4), (4, 5), (5, 7), (6, 1)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tme,count,x\n0,1,2\n60,1,2\n", 'expected a column named time, found "tme"'),
        ("time,count\n0,1\n", "at least two times"),
        ("time,count\n0 1\n60 1\n", "expected 2 values as in the header, found 1"),
        ("time,count\n0,1\n60,1\n95,1\n", "even steps"),
        ("time,count\n0,1\n1,1\n9000000,1\n", "too far apart"),
        ("time,count\n", "at least one row"),
    ],
)
def test_what_is_no_series_is_told(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(FileProblems, match=says):
        read(tmp_path, text)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileProblems, match="cannot be read"):
        read_series(tmp_path / "none.csv", launch=LAUNCH)


def test_a_series_is_told_from_an_access_log(tmp_path: Path) -> None:
    path = tmp_path / "any"
    path.write_text("time,count\n0,1\n60,1\n")
    assert is_series(path)
    path.write_text('127.0.0.1 - - [04/Dec/2026:18:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"\n' * 2)
    assert not is_series(path)


@given(counts=st.lists(st.integers(0, 10**6), min_size=2, max_size=30), order=st.randoms(use_true_random=False))
def test_no_count_is_lost_in_whatever_order_rows_come(
    tmp_path_factory: pytest.TempPathFactory, counts: list[int], order: object
) -> None:
    rows = [f"{(LAUNCH + timedelta(minutes=i)).isoformat()},{n}" for i, n in enumerate(counts)]
    order.shuffle(rows)  # type: ignore[attr-defined]
    path = tmp_path_factory.mktemp("series") / "clicks.csv"
    path.write_text("\n".join(["time,count", *rows]))
    series = read_series(path, launch=LAUNCH)
    assert series.total.visitors == tuple(counts)
    assert series.total.began == LAUNCH


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_hour_that_clocks_tell_twice_is_two_hours(tmp_path: Path, newest_first: bool) -> None:
    start = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    hours = [start + timedelta(hours=i) for i in range(6)]
    rows = [f"{at.astimezone(LAUNCH.tzinfo):%Y-%m-%d %H:%M},{i + 1}" for i, at in enumerate(hours)]
    total = read(tmp_path, "\n".join(["Date,Sessions", *(reversed(rows) if newest_first else rows)])).total
    assert (total.began, total.visitors) == (start, (1, 2, 3, 4, 5, 6))


def test_rows_of_one_time_are_added_even_in_the_hour_that_clocks_tell_twice(tmp_path: Path) -> None:
    rows = [
        "2026-10-25 00:00,1",
        "2026-10-25 00:00,1",
        "2026-10-25 01:00,2",
        "2026-10-25 01:00,3",
        "2026-10-25 02:00,5",
    ]
    assert read(tmp_path, "\n".join(["Date,Sessions", *rows])).total.visitors == (2, 5, 0, 5)
