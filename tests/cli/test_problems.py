"""Problems of files fit the terminal of whoever reads them, and stay one line each for editors and scripts."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spikekit.cli.problems import problem_lines
from spikekit.errors import Problem
from tests.files.contract import CAMPAIGN, write_project

CHECK = (sys.executable, "-m", "spikekit", "check")
LONG = (
    'fry-reads.yaml:12:15 channels[0].audience: expected a count such as 250k or 6.2M, found "so many that it will not '
    'fit into one line"'
)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A project whose campaign has one problem, told in more than a hundred columns."""
    write_project(tmp_path, campaign=CAMPAIGN.replace("6.2M   ", "so many that it will not fit into one line   "))
    return tmp_path


def on_a_terminal(columns: int, folder: Path) -> list[str]:
    """What `check` shows on standard error where that is a terminal so many columns wide."""
    leading, following = pty.openpty()
    fcntl.ioctl(following, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    told = subprocess.run(
        [*CHECK, "fry-reads.yaml"], cwd=folder, stderr=following, stdout=subprocess.PIPE, check=False, timeout=60
    )
    text = os.read(leading, 65_536).decode()
    os.close(following)
    os.close(leading)
    assert (told.returncode, told.stdout) == (2, b"")
    return text.splitlines()


def test_on_a_terminal_a_long_problem_is_broken_to_its_width_and_set_in(broken: Path) -> None:
    assert on_a_terminal(80, broken) == [
        "fry-reads.yaml:12:15 channels[0].audience: expected a count such as 250k or",
        '    6.2M, found "so many that it will not fit into one line"',
        "1 problem. Nothing was run.",
    ]
    assert on_a_terminal(200, broken)[0] == LONG


def test_of_a_terminal_that_does_not_know_its_width_nothing_is_broken(broken: Path) -> None:
    assert on_a_terminal(0, broken)[0] == LONG


def test_in_a_pipe_each_problem_is_one_line_whatever_columns_are_said(broken: Path) -> None:
    told = subprocess.run(
        [*CHECK, "fry-reads.yaml"],
        cwd=broken,
        env={**os.environ, "COLUMNS": "40"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    assert told.stdout.splitlines() == [LONG, "1 problem. Nothing was run."]


WORD = st.text(alphabet="abc-:/", min_size=1, max_size=30)


@given(
    folder=st.lists(WORD, min_size=1, max_size=4).map(" ".join),
    words=st.lists(WORD, min_size=1, max_size=30),
    line=st.integers(0, 99),
    width=st.integers(20, 120),
)
@example(folder="my own campaigns-of-the-year/and-one", words=["wrong"], line=3, width=20)
def test_no_place_and_no_word_is_ever_broken_and_what_can_fit_does(
    folder: str, words: list[str], line: int, width: int
) -> None:
    problem = Problem(file=f"{folder}.yaml", line=line, column=1, path="", message=" ".join(words))
    first, *more = problem_lines(problem, width)
    assert first.startswith(f"{problem.place} {words[0]}")
    assert " ".join([first, *(text.removeprefix("    ") for text in more)]) == str(problem)
    assert all(text.startswith("    ") for text in more)
    assert len(first) <= max(width, len(f"{problem.place} {words[0]}"))
    assert all(len(text) <= width or " " not in text.strip() for text in more)
    assert problem_lines(problem, None) == [str(problem)]
