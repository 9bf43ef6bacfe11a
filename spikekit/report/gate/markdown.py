"""A gate as Markdown, for a file, a comment or GitHub's step summary."""

from __future__ import annotations

import re
from collections.abc import Sequence

from spikekit.errors import Problem
from spikekit.gate.criterion import Criterion
from spikekit.gate.gate import Gate
from spikekit.gate.judged import Judged
from spikekit.gate.words import chance, launch, waiver_words, word
from spikekit.report.gate.terminal import symbol

SUMMARY_BYTES = 1_048_576
"""GitHub drops the whole summary of a step that is larger."""

_CUT = "\n\n… (the rest is in the job's log)\n"
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>()#|~&]")
_HEAD = "| | campaign | launch | chance of holding | |\n|---|---|---|---|---|"


def gate_markdown(gate: Gate) -> str:
    """The sentence, a row a campaign, and the reasons of those that fail; doubts of those that pass, too."""
    parts = [f"## {gate.sentence}", "\n".join([_HEAD, *(_row(c) for c in gate.campaigns)])]
    parts += [part for c in gate.campaigns if (part := _reasons(c))]
    return "\n\n".join(parts) + "\n"


def problems_markdown(problems: Sequence[Problem]) -> str:
    """What to read where the files could not be."""
    listed = "\n".join(f"- {_escaped(str(p))}" for p in problems)
    return f"## The gate is closed: its files have problems.\n\n{listed}\n"


def within_summary(text: str, written: int) -> str:
    """``text`` as far as it fits into a step's summary that already holds ``written`` bytes."""
    room = SUMMARY_BYTES - written
    data = text.encode("utf-8", "replace")
    if len(data) <= room:
        return text
    kept = data[: max(0, room - len(_CUT.encode()))].decode("utf-8", "ignore")
    return kept + _CUT if kept else ""


def _row(judged: Judged) -> str:
    shape = symbol(judged)[0]
    name = _escaped(judged.campaign.name)
    return f"| {shape} | {name} | {_escaped(launch(judged))} | {chance(judged)} | {word(judged)} |"


def _reasons(judged: Judged) -> str:
    waiver = waiver_words(judged)
    said = [*map(_told, (*judged.unmet, *judged.doubtful)), *([_escaped(waiver)] if waiver else [])]
    if not said:
        return ""
    return "\n".join([f"**{_escaped(judged.campaign.name)}**", "", *(f"- {text}" for text in said)])


def _told(criterion: Criterion) -> str:
    words = _escaped(criterion.words)
    return words if criterion.command is None else f"{words} {_code(criterion.command)}"


def _code(command: str) -> str:
    """A command as it is typed, between more backticks than it holds in a row."""
    line = " ".join(command.split())
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    room = " " if "`" in (line[:1], line[-1:]) else ""
    return f"{fence}{room}{line}{room}{fence}"


def _escaped(text: str) -> str:
    """Text of others as text: no markup, no mention, one line."""
    plain = _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))
    return plain.replace("@", "&#64;")
