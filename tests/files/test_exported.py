"""Figures, dates and tables as mail tools and analytics export them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.files import exported
from spikekit.files.export import read_export
from spikekit.files.exported import DateOrder
from spikekit.files.tree import Reading

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    "text", ["12500", "12,500", "12.500", "12 500", "12\u00a0500", "12\u202f500", "12'500", "12_500", " 12500.0 "]
)
def test_a_count_is_read_whatever_separates_its_thousands(text: str) -> None:
    assert exported.count(text) == 12_500


@pytest.mark.parametrize("text", ["", "many", "-5", "12.5", "1,2,3", "1.234,56", "12,50,000.1"])
def test_what_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        exported.count(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("3.5", 3.5), ("3,5", 3.5), ("1,234.5", 1234.5), ("1.234,5", 1234.5), ("1,234", 1234), ("1.234", 1.234)],
)
def test_a_number_may_have_a_decimal_comma(text: str, value: float) -> None:
    assert exported.number(text) == value


@given(value=st.integers(0, 10**12), separator=st.sampled_from([",", " ", "'", "\u00a0"]))
def test_grouped_counts_come_back(value: int, separator: str) -> None:
    assert exported.count(f"{value:,}".replace(",", separator)) == value


@pytest.mark.parametrize(("text", "value"), [("2.6%", 0.026), ("2,6 %", 0.026), ("0.026", 0.026), (".5%", 0.005)])
def test_a_share_is_read_with_point_or_comma(text: str, value: float) -> None:
    assert exported.share(text) == pytest.approx(value)


def test_a_share_above_one_asks_for_its_sign() -> None:
    with pytest.raises(ValueError, match=r"did you mean 2\.6%"):
        exported.share("2.6")


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-04 18:05",
        "2026-07-04T17:05:00Z",
        "202607041805",
        "1783184700",
        "1783184700000",
        "04.07.2026 18:05",
        "Jul 04, 2026 06:05 pm",
        "4 July 2026 18:05",
        "2026/7/4 18:05",
    ],
)
def test_an_instant_is_read_however_it_is_written(text: str) -> None:
    assert exported.instant(text, LONDON) == datetime(2026, 7, 4, 17, 5, tzinfo=UTC)


def test_days_and_months_are_not_guessed() -> None:
    with pytest.raises(ValueError, match="--dates dmy"):
        exported.instant("04/07/2026", LONDON)
    assert exported.instant("04/07/2026", UTC, DateOrder.DAY_FIRST).month == 7
    assert exported.instant("04/07/2026", UTC, DateOrder.MONTH_FIRST).month == 4
    assert exported.instant("24/07/2026", UTC).month == 7


def test_one_date_tells_the_order_of_its_column() -> None:
    assert exported.date_order(["04/07/2026", "07/24/2026"]) is DateOrder.MONTH_FIRST
    assert exported.date_order(["04/07/2026", "24/07/2026"]) is DateOrder.DAY_FIRST
    assert exported.date_order(["04/07/2026", "2026-07-24"]) is None


@pytest.mark.parametrize("text", ["", "soon", "99999999", "2026-13-01", "31.02.2026", "5"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        exported.instant(text, UTC)


@pytest.mark.parametrize(
    "data",
    [
        b"name,sent\nA,5\n",
        b"\xef\xbb\xbfname;sent\r\nA;5\r\n",
        "name\tsent\nA\t5\n".encode("utf-16"),
        b"# exported by a tool\n# on a day\n\nname|sent\nA|5\n",
        b"name,sent\nA,5,,\n",
    ],
)
def test_tables_of_every_make_are_read(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(data)
    reading = Reading(str(path), tmp_path)
    table = read_export(path, reading)
    assert table is not None
    assert not reading.problems
    assert (table.header, [r.cells for r in table.rows]) == (("name", "sent"), [("A", "5")])


def test_rows_of_the_wrong_width_are_told_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("name,sent\nA,5\nB\nC,6,7\nD,8\n")
    reading = Reading(str(path), tmp_path)
    table = read_export(path, reading)
    assert table is not None
    assert [r.cells[0] for r in table.rows] == ["A", "D"]
    assert [p.line for p in reading.problems] == [3, 4]


@pytest.mark.parametrize("data", [b"", b"name,sent\n", b"\xff\xfe", b"\x80\x81,\x82\nA,1\n"])
def test_what_is_no_table_is_told(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(data)
    reading = Reading(str(path), tmp_path)
    assert read_export(path, reading) is None
    assert reading.problems
