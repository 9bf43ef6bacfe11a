"""Lines of a terminal: how wide they are, what may stand in them, and how they are coloured."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from textwrap import wrap

from rich.cells import cell_len, set_cell_size

from spikekit.files.echo import is_control
from spikekit.report.palette import Role, painted
from spikekit.wording import tied

WIDTH = 80
LINE = WIDTH - 1
"""Columns of a line of words."""

Ink = Callable[[str, Role], str]
"""Text and what it means → the text, in that colour or not."""


def ink_of(*, colour: bool) -> Ink:
    """The ink of a terminal. With ``colour`` it holds the codes of colours, which ``click.echo`` drops in a pipe."""
    return partial(painted, colour=colour)


def shown(text: str) -> str:
    """Text from outside with everything that would do something to a terminal made harmless."""
    return "".join("·" if is_control(c) or "\ud800" <= c <= "\udfff" else c for c in text)


def fitted(text: str, width: int) -> str:
    """Text in exactly ``width`` columns of a terminal, wide characters counted as they are drawn."""
    return text + " " * (width - cell_len(text)) if cell_len(text) < width else set_cell_size(text, width - 2) + "… "


def wrapped(
    text: str, *, indent: str = "", later: str | None = None, width: int = LINE, whole: bool = True
) -> list[str]:
    """A paragraph in lines that fit a terminal; ``later`` begins further lines, which else are set in a little.

    No number is torn from its unit, and no address or command anywhere, unless words need not stay ``whole``: those of
    servers may be as long as they like.
    """
    lines = wrap(
        tied(text),
        width,
        initial_indent=indent,
        subsequent_indent=later if later is not None else f"{indent}  " if indent else "",
        break_on_hyphens=False,
        break_long_words=not whole,
    )
    # What tied them is no space to whoever searches or copies the words.
    return [line.replace("\u00a0", " ") for line in lines]


def short_id(id_: str) -> str:
    """The date and time a run's id begins with: enough to find it, unless another began in the same second."""
    begun = re.match(r"\d{8}-\d{6}", id_)
    return begun[0] if begun else shown(id_)
