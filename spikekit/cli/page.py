"""Where ``--html`` and the like put a page: into one file, or on standard output."""

from __future__ import annotations

from pathlib import Path

import click

from spikekit.cli.colour import say


def write_page(text: str, file: Path, *, said: str | None = None, option: str = "--html") -> None:
    """Write the page; ``said``, such as "The report is in", opens the line that tells where it is (None: no line).

    ``option`` is the one that named the file.
    Raises ``UsageError`` for a place that cannot be written.
    """
    from spikekit.history.atomic import write_atomically

    if is_standard_output(file):
        click.echo(text.encode("utf-8", "replace"), nl=False)
        return
    write_atomically(file, text, option=option)
    if said is not None:
        say(f"{said} {file}; it opens in any browser, without a network.")


def is_standard_output(file: Path | None) -> bool:
    """Whether ``-`` was named."""
    return str(file) == "-"
