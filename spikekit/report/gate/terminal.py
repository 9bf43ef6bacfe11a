"""A gate in 80 columns: one line a campaign, below it its reasons and doubts, the sentence at the end."""

from __future__ import annotations

from spikekit.gate.criterion import Criterion
from spikekit.gate.gate import Gate
from spikekit.gate.judged import Judged, Status
from spikekit.gate.words import chance, launch, waiver_words, word
from spikekit.report.palette import Role, Symbol
from spikekit.report.screen import LINE, Ink, fitted, ink_of, shown, wrapped
from spikekit.vocabulary import ExitCode

_NAME = 30
_LEAST_NAME = 7
"""Beside the longest name of a time zone."""
_FIXED = 26
"""Columns of a campaign's line beside its name and launch."""

_LIGHTS = {
    Status.READY: (Symbol.READY, Role.READY),
    Status.AT_RISK: (Symbol.AT_RISK, Role.AT_RISK),
    Status.NOT_READY: (Symbol.NOT_READY, Role.NOT_READY),
    Status.UNTESTED: (Symbol.UNKNOWN, Role.UNKNOWN),
    Status.STALE: (Symbol.UNKNOWN, Role.UNKNOWN),
}
_ENDS = {
    ExitCode.DONE: (Symbol.READY, Role.READY),
    ExitCode.NOT_READY: (Symbol.NOT_READY, Role.NOT_READY),
    ExitCode.INCONCLUSIVE: (Symbol.UNKNOWN, Role.UNKNOWN),
}


def symbol(judged: Judged) -> tuple[str, Role]:
    """The light of one campaign; a waived one is never green, and what is not due has none."""
    if judged.status is None:
        return "·", Role.FAINT
    return (Symbol.AT_RISK, Role.AT_RISK) if judged.is_waived else _LIGHTS[judged.status]


def gate_lines(gate: Gate, *, colour: bool = True) -> list[str]:
    """Everything a terminal shows of a gate."""
    ink = ink_of(colour=colour)
    longest = max((len(launch(c)) for c in gate.campaigns), default=0)
    name = min(_NAME, max(_LEAST_NAME, LINE - _FIXED - longest - 1))
    lines = [line for judged in gate.campaigns for line in _campaign(judged, name, ink)]
    shape, role = _ENDS[gate.exit_code]
    last = wrapped(f"{shape} {gate.sentence}", later="  ")
    return [*lines, "", *(ink(line, role) for line in last)]


def _campaign(judged: Judged, width: int, ink: Ink) -> list[str]:
    shape, role = symbol(judged)
    name = fitted(shown(judged.campaign.name), width)
    first = f"{ink(f'{shape} {word(judged):<12}', role)}{name} {chance(judged):>9}  {launch(judged)}"
    waiver = _point(words) if (words := waiver_words(judged)) else []
    return [first.rstrip(), *(line for c in (*judged.unmet, *judged.doubtful) for line in _told(c)), *waiver]


def _told(criterion: Criterion) -> list[str]:
    """Its words, and the command on a line of its own, however long: what is broken cannot be pasted."""
    command = [] if criterion.command is None else [f"    {shown(criterion.command)}"]
    return [*_point(criterion.words), *command]


def _point(words: str) -> list[str]:
    return wrapped(shown(words), indent="  · ", later="    ")
