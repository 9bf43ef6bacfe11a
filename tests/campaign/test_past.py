"""Last time's traffic is read from a table of times and visitors, however its times are written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spikekit.campaign.past import REQUESTS_PER_SECOND, read_past_curve
from spikekit.errors import FileProblems


def _csv(folder: Path, text: str | bytes) -> Path:
    path = folder / "past.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _messages(folder: Path, text: str | bytes) -> list[str]:
    with pytest.raises(FileProblems) as caught:
        read_past_curve(_csv(folder, text))
    return [f"{p.line}:{p.column} {p.message}" for p in caught.value.problems]


@pytest.mark.parametrize(
    "text",
    [
        "time,visitors\n0,10\n60,20\n90,5\n",
        "time,visitors\n1000,10\n1060,20\n1090,5\n",
        "\ufefftime,visitors\r\n2025-11-28T00:00,10\r\n2025-11-28T00:01,20\r\n2025-11-28T00:01:30,5\r\n",
        "time,visitors\n2025-11-28T00:00Z,10\n2025-11-28T01:01+01:00,20\n2025-11-28T00:01:30Z,5\n\n",
        'visitors,note,time\n10,"a, b",0\n20,,60\n5,,90\n',
    ],
)
def test_seconds_and_times_say_the_same(tmp_path: Path, text: str) -> None:
    curve = read_past_curve(_csv(tmp_path, text))
    assert curve.offset_seconds == (0, 60, 90, 120)
    assert curve.visitors == (10, 20, 5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(1, 10**5), st.integers(0, 10**6)), min_size=2, max_size=30))
def test_a_written_curve_is_read_back(tmp_path: Path, bins: list[tuple[int, int]]) -> None:
    bins[0] = (bins[0][0], bins[0][1] + 1)
    offsets = [sum(width for width, _ in bins[:i]) for i in range(len(bins))]
    rows = "".join(f"{offset},{visitors}\n" for offset, (_, visitors) in zip(offsets, bins, strict=True))
    curve = read_past_curve(_csv(tmp_path, f"time,visitors\n{rows}"))
    assert curve.offset_seconds[:-1] == tuple(map(float, offsets))
    assert curve.visitors == tuple(float(v) for _, v in bins)


def test_normal_traffic_has_rates_instead(tmp_path: Path) -> None:
    path = _csv(tmp_path, "time,requests_per_second\n0,10\n3600,20.5\n")
    assert read_past_curve(path, value=REQUESTS_PER_SECOND).visitors == (10, 20.5)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", ["1:1 expected a header line and at least one row, found nothing"]),
        ("time,visitors\n", ["1:1 expected a header line and at least one row"]),
        ("time,visitors\n0,5\n", ["2:1 expected at least two rows: one time alone has no length"]),
        ("a,b\n0,5\n", [f'1:1 expected a column named {n}, found "a", "b"' for n in ("time", "visitors")]),
        ("visitor,time\n0,5\n", ['1:1 expected a column named visitors, found "visitor", "time"; is it "visitor"?']),
        ("time;visitors\n0;5\n1;5\n", ["1:1 columns are separated by semicolons; save the table with commas"]),
        ("time,visitors\n0,5\n1\n", ["3:1 expected 2 values as in the header, found 1"]),
        ("time,visitors\n0,5\nsoon,5\n", ['3:1 expected seconds or a time such as 2025-11-28T09:00, found "soon"']),
        ("time,visitors\n0,5\n0,5\n", ["3:1 expected a time after the row before; rows go from first to last"]),
        ("time,visitors\n0,nan\n1,1\n", ['2:3 expected a number, at least 0, found "nan"']),
        ("time,visitors\n0,0\n1,0\n", ["1:1 no row has any visitors"]),
        ("time,visitors\n0,1\n2025-11-28T00:00,5\n", ["3:1 expected seconds as in the row before"]),
        ("time,visitors\n2025-11-28T00Z,1\n2025-11-29,5\n", ["3:1 expected times with an offset as in the row before"]),
        ("time,time,visitors\n0,0,1\n", ['1:6 the column "time" is there twice']),
        (b"time,visitors\n0,\xff\n", ["1:1 not UTF-8; save the table as CSV UTF-8"]),
        ('time,visitors\n0,"5\n', ["2:1 not CSV: unexpected end of data"]),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_meant_says_which_row(tmp_path: Path, text: str | bytes, messages: list[str]) -> None:
    assert _messages(tmp_path, text) == messages


def test_a_curve_knows_when_its_first_row_was_unless_rows_are_mere_seconds(tmp_path: Path) -> None:
    dated, bare = tmp_path / "dated.csv", tmp_path / "bare.csv"
    dated.write_text("time,visitors\n2025-12-01T00:00,1\n2025-12-01T01:00,2\n")
    bare.write_text("time,visitors\n0,1\n3600,2\n")
    assert str(read_past_curve(dated).begins) == "2025-12-01 00:00:00"
    assert read_past_curve(bare).begins is None
