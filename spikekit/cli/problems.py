"""The problems of files on standard error: a line each for editors and scripts, lines that fit where a person reads."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from textwrap import wrap

import click

from spikekit.errors import Problem

_NARROWEST = 20
"""In columns; what says it has fewer, or none, does not know how wide it is."""


def show_problems(problems: Sequence[Problem]) -> None:
    """Print every problem, and how many there are."""
    width = _width()
    lines = [line for p in problems for line in problem_lines(p, width)]
    count = f"{len(problems)} problem{'s' * (len(problems) != 1)}. Nothing was run."
    click.echo("\n".join([*lines, count]), err=True)


def problem_lines(problem: Problem, width: int | None) -> list[str]:
    """One problem in lines of ``width`` columns, set in below its place, which is never broken; whole without one."""
    if width is None or len(str(problem)) <= width:
        return [str(problem)]
    return wrap(
        problem.words,
        width,
        initial_indent=f"{problem.place} ",
        subsequent_indent="    ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def _width() -> int | None:
    """The columns of the terminal that standard error is; ``None`` where it is none."""
    if not sys.stderr.isatty():
        return None
    try:
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return None
    return columns if columns >= _NARROWEST else None
