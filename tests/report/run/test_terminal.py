"""The summary in a terminal: 80 columns, safe to print, the answer first."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from rich.cells import cell_len

from spikekit.report.palette import LIGHTS
from spikekit.report.run.terminal import summary
from spikekit.report.screen import WIDTH, fitted
from spikekit.verdict.run import Run
from tests.sample_runs import good_run, hostile_run, overloaded_run
from tests.test_sample_runs import ALL_RUNS

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("make", ALL_RUNS)
def test_no_line_is_wider_than_eighty_columns(make: Callable[[], Run]) -> None:
    lines = summary(make(), colour=False).splitlines()
    assert max(map(cell_len, lines)) <= WIDTH
    assert not any(line != line.rstrip() for line in lines)


@pytest.mark.parametrize("make", ALL_RUNS)
def test_the_first_line_is_the_light_and_the_sentence(make: Callable[[], Run]) -> None:
    run = make()
    first = summary(run, colour=False).splitlines()[0]
    assert first.startswith(f"{LIGHTS[run.verdict].symbol} {run.sentence.split()[0]}")


def test_colour_changes_nothing_but_colour() -> None:
    coloured = summary(overloaded_run(), colour=True)
    assert coloured != summary(overloaded_run(), colour=False)
    assert _COLOUR.sub("", coloured) == summary(overloaded_run(), colour=False)


def test_nothing_that_a_server_said_can_move_the_cursor() -> None:
    text = summary(hostile_run(), colour=False)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    assert text.encode("utf-8").decode() == text


def test_a_run_that_held_says_nothing_of_failures() -> None:
    text = summary(good_run(), colour=False)
    assert "failed or gave up" not in text
    assert "What failed" not in text


@pytest.mark.parametrize("text", ["short", "日本語のとても長い道のとても長い名前がここに続きます", "x" * 99, ""])
def test_text_is_fitted_by_the_columns_it_takes_on_a_screen(text: str) -> None:
    assert cell_len(fitted(text, 20)) == 20
