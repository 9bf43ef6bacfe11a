"""One line a second: whole when it is read back, or refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.measurement.second import Answers, Second, second_of
from tests.measurement.strategies import same, seconds


def _without_histograms(second: Second) -> Second:
    bare = tuple(replace(a, latency=None, service=None, lost=None) for a in second.answers)  # type: ignore[arg-type]
    waiting = tuple(replace(a, latency=None, service=None, lost=None) for a in second.pending)  # type: ignore[arg-type]
    return replace(second, lag={}, answers=bare, pending=waiting)


def _same_answers(one: Answers, other: Answers) -> bool:
    pairs = ((one.latency, other.latency), (one.service, other.service), (one.lost, other.lost))
    return all(same(a, b) for a, b in pairs)


@given(seconds)
def test_a_second_survives_its_line(second: Second) -> None:
    again = second_of(second.line())
    assert _without_histograms(again) == _without_histograms(second)
    assert again.lag.keys() == second.lag.keys()
    assert all(same(again.lag[s], second.lag[s]) for s in second.lag)
    for one, other in zip((*again.answers, *again.pending), (*second.answers, *second.pending), strict=True):
        assert _same_answers(one, other)


@given(seconds)
def test_a_line_is_one_line_whatever_text_it_carries(second: Second) -> None:
    assert second.line().isascii()
    assert "\n" not in second.line()
    assert "\r" not in second.line()


@given(seconds, st.integers(1, 400))
def test_a_line_that_was_cut_off_is_refused(second: Second, cut: int) -> None:
    line = second.line()
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the JSON reader says
        second_of(line[: max(len(line) - cut, 0)])


@pytest.mark.parametrize(
    "line",
    [
        "",
        "null",
        "[]",
        "7",
        '"second"',
        "{}",
        "\x00" * 40,
        '{"second": 1, "unheard_of": 2}',
        '{"second": "one"}',
        '{"second": 1, "planned": [1]}',
        '{"second": 1, "planned": {"x": 1}}',
        '{"second": 1, "planned": {"0": "many"}}',
        '{"second": 1, "completed": "many"}',
        '{"second": 1, "completed": null}',
        '{"second": 1, "sent": {"GET /": "x"}}',
        '{"second": 1, "lag": {"0": "never"}}',
        '{"second": 1, "lag": {"0": 5}}',
        '{"second": 1, "answers": [{}]}',
        '{"second": 1, "answers": [{"step": "a", "intended": 0, "latency": "never"}]}',
        '{"second": 1, "answers": [{"step": "a", "intended": "0"}]}',
        '{"second": 1, "answers": [{"step": "a", "intended": 0, "failures": {"timeout": "x"}}]}',
        '{"second": 1, "answers": 3}',
        '{"second": 1, "examples": [{"kind": "timeout"}]}',
        '{"second": 1, "notes": 3}',
    ],
)
def test_a_line_that_no_generator_wrote_is_refused(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the JSON reader says
        second_of(line)
