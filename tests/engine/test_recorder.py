"""What happens in a second becomes one line, and nothing is counted twice or lost between two."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spikekit.engine.recorder import Recorder
from spikekit.measurement.record import Record
from spikekit.measurement.second import ASSETS, Second
from spikekit.vocabulary import FailureKind

NAMES = ["GET /", "POST /basket"]
Event = tuple[int, float, float, float, FailureKind | None, bool]
"""Code, intended, lag, service, how it failed if it did, and whether a line is written then."""


def _take(recorder: Recorder, second: int, **more: Any) -> Second:
    return recorder.take(second, worker=0, now=second + 1.0, in_flight=0, **more)


events = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.floats(0, 50),
        st.floats(0, 1),
        st.floats(0, 30),
        st.none() | st.sampled_from(list(FailureKind)),
        st.booleans(),
    ),
    max_size=60,
)


@given(events)
def test_every_request_is_in_exactly_one_line(
    happened: list[tuple[int, float, float, float, FailureKind | None, bool]],
) -> None:
    recorder = Recorder(NAMES)
    lines: list[Second] = []
    for code, intended, lag, service, kind, write in happened:
        dispatched = intended + lag
        recorder.dispatch(code, intended, dispatched, True)
        if kind is None:
            recorder.answer(code, intended, dispatched, dispatched + service)
        else:
            recorder.failure(code, intended, dispatched, dispatched + service, kind, "why")
        if write:
            lines.append(_take(recorder, len(lines)))
    record = Record([*lines, _take(recorder, len(lines), last=True)])
    assert sum(record.sent.values()) == len(happened) == record.started.total()
    right = [e for e in happened if e[4] is None]
    assert sum(a.latency.total for a in record.of()) == len(right)
    assert sum(sum(a.failures.values()) for a in record.of()) == len(happened) - len(right)
    for intended_second in {int(e[1]) for e in happened}:
        expected = sum(1 for e in happened if int(e[1]) == intended_second)
        found = record.of(seconds=(intended_second,))
        assert sum(a.latency.total + a.lost.total for a in found) == expected


def test_answers_belong_to_the_second_their_request_was_meant_for() -> None:
    recorder = Recorder(NAMES)
    recorder.dispatch(0, 3.9, 3.95, True)
    recorder.answer(0, 3.9, 3.95, 7.9)
    (page,) = _take(recorder, 7).answers
    assert (page.step, page.intended) == ("GET /", 3)
    assert page.latency.max is not None
    assert page.service.max is not None
    np.testing.assert_allclose([page.latency.max, page.service.max], [4.0, 3.95], rtol=1e-3)


def test_a_failure_s_time_is_kept_as_a_lower_bound() -> None:
    recorder = Recorder(NAMES)
    recorder.failure(1, 0.0, 0.1, 30.0, FailureKind.TIMEOUT, "")
    (page,) = _take(recorder, 30).answers
    assert (page.latency.total, page.service.total, page.failures) == (0, 0, {"timeout": 1})
    assert page.lost.max is not None
    assert 29.9 < page.lost.max < 30.1


def test_a_few_examples_of_each_kind_are_kept_and_cut_however_many_come() -> None:
    recorder = Recorder(NAMES)
    for _ in range(10_000):
        recorder.failure(0, 0.0, 0.0, 1.0, FailureKind.STATUS, "x" * 10_000)
        recorder.failure(1, 0.0, 0.0, 1.0, FailureKind.STATUS, "y")
    line = _take(recorder, 0)
    assert len(line.examples) == 6
    assert max(len(example.detail) for example in line.examples) == 300
    recorder.failure(0, 0.0, 0.0, 1.0, FailureKind.STATUS, "x")
    assert _take(recorder, 1).examples == ()


def test_requests_still_waiting_are_told_by_their_age_in_the_last_line_alone() -> None:
    recorder = Recorder(NAMES)
    waiting = [(0, 2.5), (0, 2.7), (1, 9.0)]
    assert _take(recorder, 9, pending=waiting).pending == ()
    last = _take(recorder, 9, pending=waiting, last=True)
    assert [(p.step, p.intended, p.latency.total) for p in last.pending] == [("GET /", 2, 2), ("POST /basket", 9, 1)]
    assert last.answers == ()


def test_the_lag_of_pages_is_not_hidden_by_their_assets() -> None:
    recorder = Recorder(NAMES)
    recorder.dispatch(0, 0.0, 0.4, True)
    for _ in range(99):
        recorder.dispatch(recorder.assets_code, 0.5, 0.5, False)
    line = _take(recorder, 0)
    assert line.sent == {"GET /": 1, ASSETS: 99}
    (lag,) = line.lag.values()
    assert lag.total == 1


def test_a_site_that_fails_everywhere_is_told_in_few_examples() -> None:
    recorder = Recorder([f"GET /{i}" for i in range(100)])
    for time in range(20):
        for code in range(100):
            for kind in (FailureKind.STATUS, FailureKind.TEXT):
                recorder.failure(code, time, time, time, kind, "x" * 10_000)
    line = _take(recorder, 0)
    assert len(line.examples) == 24
    assert max(len(e.detail) for e in line.examples) == 300
    assert sum(sum(a.failures.values()) for a in line.answers) == 4000
