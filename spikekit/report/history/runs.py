"""The list of runs as a table of 80 columns, or as many as the longest id needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from spikekit import wording
from spikekit.history.entry import RunEntry, RunState
from spikekit.report.palette import LIGHTS, Light, Role, Symbol, painted
from spikekit.report.screen import fitted, shown
from spikekit.vocabulary import RunKind, Verdict

_STATES = {
    RunState.RUNNING: Light(symbol=Symbol.UNKNOWN, word="Running", role=Role.REAL),
    RunState.UNFINISHED: Light(symbol=Symbol.UNKNOWN, word="Unfinished", role=Role.UNKNOWN),
    RunState.UNREADABLE: Light(symbol=Symbol.UNKNOWN, word="Unreadable", role=Role.UNKNOWN),
}
_FOUND = Light(symbol=Symbol.READY, word="Found", role=Role.CAPACITY)
"""A search that came to an end says how much is held, not that it is enough."""

_ID_WIDTH = 15
"""An id's date and time: it serves in place of the whole id."""


def table(entries: Sequence[RunEntry], *, colour: bool = True) -> str:
    """One line a run: verdict, when, campaign (or page, or kind), target, peak, id. ``colour`` as of ``summary``."""
    head = f"  {'':<13}{'when (UTC)':<17}{'what':<14}{'target':<10}{'peak':>7}  run"
    return "\n".join([painted(head, Role.FAINT, colour=colour), *(_line(e, colour) for e in entries)])


def _line(entry: RunEntry, colour: bool) -> str:
    light = _light(entry)
    verdict = painted(f"{light.symbol} {light.word:<13}", light.role, colour=colour)
    what = fitted(shown(entry.campaign or entry.page or f"{entry.kind}"), 14)
    target = fitted(shown(entry.target or wording.NOTHING), 10)
    peak = entry.peak_visitors_per_second
    rate = wording.NOTHING if peak is None else f"{wording.count(peak)}/s"
    return f"{verdict}{when(entry.created):<17}{what}{target}{rate:>7}  {shown(entry.id)[:_ID_WIDTH]}"


def _light(entry: RunEntry) -> Light:
    if entry.verdict is None:
        return _STATES[entry.state]
    if entry.kind is RunKind.CAPACITY and entry.verdict is Verdict.READY:
        return _FOUND
    return LIGHTS[entry.verdict]


def when(created: str) -> str:
    """The minute (UTC) of an instant in ISO 8601; what is none is shown as it is."""
    try:
        return f"{datetime.fromisoformat(created).astimezone(UTC):%Y-%m-%d %H:%M}"
    except ValueError:
        return shown(created)[:16]
