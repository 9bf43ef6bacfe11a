"""A run's lines added up: what judges and reports look at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from spikekit.measurement.histogram import Histogram
from spikekit.measurement.second import Answers, Example, Second, second_of
from spikekit.vocabulary import WINDOW_SECONDS

_MOST_PARTS = 8
"""Answers to one second's requests may come in over half a minute, line by line; an hour of them must stay small."""


class Record:
    """The sums of a run's seconds. ``seconds`` is how many there are, by what was planned or happened."""

    def __init__(self, lines: Iterable[Second] = ()) -> None:
        self.planned: Counter[int] = Counter()
        self.started: Counter[int] = Counter()
        self.completed: Counter[int] = Counter()
        self.failed: Counter[int] = Counter()
        self.abandoned: Counter[int] = Counter()
        self.late: Counter[int] = Counter()
        self.dropped = 0
        self.in_flight: Counter[int] = Counter()
        self.sent: Counter[str] = Counter()
        self.lags: defaultdict[int, list[Histogram]] = defaultdict(list)
        self.answers: defaultdict[int, defaultdict[str, list[Answers]]] = defaultdict(lambda: defaultdict(list))
        self.pending: list[Answers] = []
        self.examples: list[Example] = []
        self.notes: list[str] = []
        self.cpu_ratios: list[float] = []
        self._inside: dict[int, tuple[int, int]] = {}
        self._finished: set[int] = set()
        for line in lines:
            self.add(line)

    def add(self, line: Second) -> None:
        """Count one more line."""
        self.planned.update(line.planned)
        self.started.update(line.started)
        self.completed[line.second] += line.completed
        self.failed[line.second] += line.failed
        self.abandoned[line.second] += line.abandoned
        self.late[line.second] += line.late
        self.dropped += line.dropped
        self.in_flight[line.second] += line.in_flight
        self.sent.update(line.sent)
        for second, lag in line.lag.items():
            self.lags[second].append(lag)
        for answers in line.answers:
            self._keep(answers)
        self.pending.extend(line.pending)
        self.examples.extend(line.examples)
        self.notes.extend(note for note in line.notes if note not in self.notes)
        self.cpu_ratios.append(line.cpu_ratio)
        self._inside[line.worker] = max(self._inside.get(line.worker, (-1, 0)), (line.second, line.in_flight))
        if line.last:
            self._finished.add(line.worker)

    def _keep(self, answers: Answers) -> None:
        parts = self.answers[answers.intended][answers.step]
        parts.append(answers)
        self.sent[answers.step] += 0
        if len(parts) == _MOST_PARTS:
            parts[:] = [Answers.merged(parts)]

    @property
    def workers(self) -> int:
        """How many workers were ever heard of."""
        return len(self._inside)

    @property
    def lost_workers(self) -> int:
        """How many fell silent without a last word."""
        return len(self._inside) - len(self._finished)

    @property
    def ended(self) -> bool:
        """Whether anybody said a last word: a run of which nobody did was cut off as a whole."""
        return bool(self._finished)

    @property
    def left_inside(self) -> int:
        """Visitors without a known fate: inside when their worker was heard of last."""
        return sum(inside for _, inside in self._inside.values())

    @property
    def seconds(self) -> int:
        """How many seconds anything was planned, started or ended in."""
        busy = [max(counter, default=-1) for counter in (self.planned, self.started)]
        ended = [s for c in (self.completed, self.failed, self.abandoned) for s, n in c.items() if n]
        return max([*busy, *ended], default=-1) + 1

    @property
    def steps(self) -> list[str]:
        """The names of the steps that were asked for or answered, the most asked first."""
        return [name for name, _ in self.sent.most_common()]

    def of(self, *, step: str | None = None, seconds: Iterable[int] | None = None) -> Iterator[Answers]:
        """The answers of a step (or of all) to requests intended in those seconds (or ever)."""
        for second in sorted(self.answers) if seconds is None else seconds:
            by_step = self.answers.get(second)
            if by_step is not None:
                for parts in by_step.values() if step is None else (by_step.get(step, ()),):
                    yield from parts

    def windows(self) -> Iterator[range]:
        """The run's seconds in windows of ``WINDOW_SECONDS``; the last may be shorter."""
        last = max(max(self.planned, default=-1), max(self.answers, default=-1))
        for start in range(0, last + 1, WINDOW_SECONDS):
            yield range(start, min(start + WINDOW_SECONDS, last + 1))


def read_seconds(path: Path) -> Iterator[Second]:
    """The lines of a run, up to the first that was cut off (a killed generator's last). No file: no lines."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for text in file:
                try:
                    yield second_of(text)
                except ValueError:
                    return
    except FileNotFoundError:
        return
