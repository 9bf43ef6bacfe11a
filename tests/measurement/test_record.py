"""A run's lines added up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spikekit.measurement.histogram import Histogram
from spikekit.measurement.record import Record, read_seconds
from spikekit.measurement.second import ASSETS, Answers, Second
from tests.measurement.strategies import histogram_of, seconds


def _answers(step: str, intended: int, *latencies: float) -> Answers:
    empty = Histogram.empty()
    return Answers(step=step, intended=intended, latency=Histogram.of(np.array(latencies)), service=empty, lost=empty)


@given(st.lists(seconds, max_size=5), st.randoms(use_true_random=False))
def test_sums_do_not_depend_on_the_order_of_the_lines(lines: list[Second], luck: object) -> None:
    shuffled = list(lines)
    luck.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = Record(lines), Record(shuffled)
    for name in ("planned", "started", "completed", "failed", "abandoned", "sent", "dropped", "workers", "ended"):
        assert getattr(one, name) == getattr(other, name)
    assert sum(a.latency.total for a in one.of()) == sum(a.latency.total for a in other.of())
    assert one.seconds == other.seconds
    assert sorted(one.cpu_ratios) == sorted(other.cpu_ratios)


@given(st.lists(seconds, max_size=5))
def test_nothing_is_lost_between_the_lines_and_the_sums(lines: list[Second]) -> None:
    record = Record(lines)
    assert record.planned.total() == sum(sum(line.planned.values()) for line in lines)
    assert record.completed.total() == sum(line.completed for line in lines)
    assert sum(a.latency.total for a in record.of()) == sum(a.latency.total for line in lines for a in line.answers)
    assert sum(len(parts) for parts in record.lags.values()) == sum(len(line.lag) for line in lines)


def test_answers_are_found_by_step_and_by_the_second_they_were_meant_for() -> None:
    record = Record(
        [
            Second(second=0, answers=(_answers("a", 0, 0.1), _answers("b", 0, 0.2))),
            Second(second=1, answers=(_answers("a", 0, 0.9), _answers("a", 1, 0.3))),
        ]
    )
    assert [a.latency.max for a in record.of(step="a", seconds=(0,))] == [
        histogram_of([100_000]).max,
        histogram_of([900_000]).max,
    ]
    assert len(list(record.of(seconds=(1, 2)))) == 1
    assert len(list(record.of())) == 4


def test_an_hour_of_answers_that_come_late_is_kept_small() -> None:
    late = Record(
        [Second(second=s, answers=tuple(_answers("a", s - b, 30.0) for b in range(min(s, 30)))) for s in range(90)]
    )
    assert max(len(parts) for by_step in late.answers.values() for parts in by_step.values()) < 8
    assert sum(a.latency.total for a in late.of()) == sum(min(s, 30) for s in range(90))
    assert sum(a.latency.total for a in late.of(step="a", seconds=(40,))) == 30


def test_windows_cover_every_second_that_was_planned_or_answered_for_and_no_other() -> None:
    assert list(Record().windows()) == []
    planned = Record([Second(second=0, planned={0: 1, 24: 1})])
    assert list(planned.windows()) == [range(10), range(10, 20), range(20, 25)]
    later = Record([Second(second=0, planned={0: 1}), Second(second=11, answers=(_answers("b", 10, 0.1),))])
    assert list(later.windows()) == [range(10), range(10, 11)]


def test_steps_are_named_by_how_often_they_were_asked_for_even_if_none_was_answered() -> None:
    record = Record([Second(second=0, sent={"a": 1, "b": 5, ASSETS: 2})])
    assert record.steps == ["b", ASSETS, "a"]


def test_a_note_is_kept_once() -> None:
    assert Record([Second(second=s, notes=("tired",)) for s in range(3)]).notes == ["tired"]


def test_reading_stops_at_a_line_that_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "seconds.jsonl"
    lines = [Second(second=s, completed=1, notes=("é\u2028 – ünïcode",)).line() for s in range(3)]
    whole = "".join(f"{line}\n" for line in lines).encode()
    for cut in range(1, len(lines[2].encode()) + 1):
        path.write_bytes(whole[: -cut - 1])
        assert [second.second for second in read_seconds(path)] == [0, 1], f"{cut} bytes missing"


def test_a_run_that_never_wrote_a_line_has_none(tmp_path: Path) -> None:
    assert list(read_seconds(tmp_path / "missing.jsonl")) == []
    (tmp_path / "empty.jsonl").touch()
    assert list(read_seconds(tmp_path / "empty.jsonl")) == []
