"""What to type next where the last command was typed, as a shell takes it: the search or rehearsal that is lacking."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from spikekit.history.known import Known
from spikekit.history.state import state_folder
from spikekit.readiness.measuring import capacity_command
from spikekit.readiness.question import Question
from spikekit.site.file import SITE_FILE, find_site

_UNNAMED = "TARGET"
"""Stands where the site has no target yet."""


def search_command(question: Question, known: Known | None, *, label: str | None = None) -> str:
    """The search that would tell most: with the campaign's own journey and page, of this version."""
    command = capacity_command(question, _target(question, known) or _UNNAMED) + _labelled(label)
    return command if known is None else command + _places(Path(SITE_FILE), known)


def rehearsal_command(file: Path, question: Question, known: Known, *, label: str | None = None) -> str:
    """The rehearsal of the campaign in ``file``; its target is named where there are several."""
    target = _target(question, known)
    is_only = question.site is not None and len(question.site.targets) == 1
    named = "" if is_only or target is None else f" --target {quote(target)}"
    return f"spikekit rehearse {quote(str(file))}{named}{_labelled(label)}{_places(file, known)}"


def _target(question: Question, known: Known | None) -> str | None:
    """The one that was asked about, else the one of which most is known, else the site's first."""
    if known is not None and known.target is not None:
        return known.target
    if question.evidence and question.evidence[0].target:
        return question.evidence[0].target
    return question.site.targets[0].name if question.site and question.site.targets else None


def _labelled(label: str | None) -> str:
    return "" if label is None else f" --label {quote(label)}"


def _places(start: Path, known: Known) -> str:
    """``--site`` and ``--state`` where a command that begins to look at ``start`` would take others."""
    found, said = find_site(start), ""
    if found is None or found.resolve() != known.site_file.resolve():
        said += f" --site {quote(str(known.site_file))}"
    if known.state.resolve() != state_folder(start.parent, site_file=known.site_file).resolve():
        said += f" --state {quote(str(known.state))}"
    return said
