"""Printing with colours where they help: not in a pipe, and not for whoever set ``NO_COLOR``."""

from __future__ import annotations

import os

import click


def broken(text: str) -> str:
    """Words in lines that fit a terminal; paths, addresses and commands are never broken."""
    from spikekit.report.screen import wrapped

    return "\n".join(part for line in text.split("\n") for part in wrapped(line, later="  "))


def say(text: str) -> None:
    """Print words in lines that fit a terminal."""
    click.echo(broken(text))


def echo(text: str) -> None:
    """Print text that may hold colours. (https://no-color.org: any value that is not empty switches them off.)"""
    click.echo(text, color=False if os.environ.get("NO_COLOR") else None)
