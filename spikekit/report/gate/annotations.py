"""Messages that stand beside the line of the file they are about: GitHub's workflow commands, GitLab's code quality.

``::error file=campaigns/fry.yaml,line=9,title=…::message``, as the runner's own toolkit escapes them.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from spikekit.errors import Problem
from spikekit.gate.gate import Gate
from spikekit.gate.judged import Judged
from spikekit.gate.words import reasons, waiver_words

MOST = 10
"""GitHub shows so many of one type for each step and drops the rest silently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """``kind`` is ``error`` or ``warning``; lines and columns count from 1."""

    kind: str
    file: str
    line: int
    title: str
    message: str
    column: int | None = None

    def __str__(self) -> str:
        column = f",col={self.column}" if self.column is not None else ""
        return (
            f"::{self.kind} file={_property(self.file)},line={self.line}{column},title={_property(self.title)}"
            f"::{_data(self.message)}"
        )


def gate_annotations(gate: Gate) -> list[Annotation]:
    """An error for each reason that closes the gate, a warning for each waived campaign and for each doubt."""
    return [a for judged in gate.due for a in _of(judged)]


def problem_annotations(problems: Iterable[Problem]) -> list[Annotation]:
    """An error for each problem of a file, on its line."""
    return [
        Annotation(
            kind="error",
            file=p.file,
            line=max(1, p.line),
            column=p.column or None,
            title=p.path or "problem",
            message=p.message,
        )
        for p in problems
    ]


def command_lines(annotations: Sequence[Annotation]) -> list[str]:
    """What to print: no more of a type than are shown, the last of them saying how many there are."""
    return [line for kind in ("error", "warning") for line in _limited([a for a in annotations if a.kind == kind])]


def _limited(annotations: Sequence[Annotation]) -> list[str]:
    if len(annotations) <= MOST:
        return [str(a) for a in annotations]
    first = annotations[MOST - 1]
    more = Annotation(
        kind=first.kind,
        file=first.file,
        line=first.line,
        title="and more",
        message=f"{first.message} ({len(annotations) - MOST} more are in the job's log.)",
    )
    return [*(str(a) for a in annotations[: MOST - 1]), str(more)]


def _of(judged: Judged) -> list[Annotation]:
    doubts = [_beside(judged, "warning", c.subject.value, c.sentence) for c in judged.doubtful]
    if judged.is_waived:
        waived = " ".join([waiver_words(judged) or "", *reasons(judged)])
        return [_beside(judged, "warning", "waived", waived), *doubts]
    return [*(_beside(judged, "error", c.subject.value, c.sentence) for c in judged.unmet), *doubts]


def _beside(judged: Judged, kind: str, about: str, message: str) -> Annotation:
    title = f"{judged.campaign.name}: {about}"
    return Annotation(kind=kind, file=str(judged.file), line=judged.line, title=title, message=message)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def code_quality(problems: Iterable[Problem]) -> str:
    """GitLab's code quality report, a JSON list.

    A problem keeps its fingerprint while its line moves, so that GitLab knows it again.
    """
    return json.dumps([_entry(p) for p in problems], indent=1)


def _entry(problem: Problem) -> dict[str, object]:
    path = posixpath.normpath(problem.file)
    mark = sha256("\0".join((path, problem.path, problem.message)).encode("utf-8", "replace")).hexdigest()
    return {
        "description": f"{problem.path}: {problem.message}" if problem.path else problem.message,
        "check_name": "spikekit-check",
        "fingerprint": mark,
        "severity": "major",
        "location": {"path": path, "lines": {"begin": max(1, problem.line)}},
    }
