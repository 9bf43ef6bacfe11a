"""What happens, noted as it happens for the price of an append, and made into one line a second.

The hot path only extends flat arrays of doubles; a second's worth becomes histograms at once, in numpy.
"""

from __future__ import annotations

import time
from array import array
from collections import Counter
from collections.abc import Iterable
from struct import Struct

import numpy as np

from spikekit.measurement.histogram import Floats, Histogram
from spikekit.measurement.second import ASSETS, Answers, Example, Second
from spikekit.vocabulary import FailureKind

_KINDS = tuple(FailureKind)
_OUTCOME = {kind: i + 1 for i, kind in enumerate(_KINDS)}
_EXAMPLES_A_STEP = 3
_EXAMPLES_A_KIND = 12
"""Of one kind of failure, three from a step and twelve in all: a site that fails everywhere is told in a page."""

_DETAIL_CHARACTERS = 300

_pack_dispatch = Struct("=4d").pack
_pack_answer = Struct("=5d").pack
"""Packed by hand: an array takes bytes in half the time it takes for a tuple."""

_BEGUN = -1
"""In place of a step's code: a visit whose requests make themselves known one by one began."""

_MOST_FOUND = 200
"""So many names of requests that nobody knew before are told apart; a name for every book would drown them all."""

_OTHERS = "(other requests)"


class Recorder:
    """Counts and times of one worker. All instants are seconds since the run's start."""

    def __init__(self, names: list[str]) -> None:
        self._names = [*names, ASSETS]
        self._found: dict[str, int] = {}
        self.assets_code = len(names)
        self._answers = array("d")
        self._dispatches = array("d")
        self._examples: list[Example] = []
        self._examples_seen: Counter[tuple[int | None, FailureKind]] = Counter()
        self._notes: list[str] = []
        self._cpu = time.process_time()
        self._written = 0.0
        self.planned: Counter[int] = Counter()
        self.sent = 0
        self.completed = self.late = self.failed = self.abandoned = self.dropped = 0

    def dispatch(self, code: int, intended: float, dispatched: float, first: bool) -> None:
        """Work on a request began; ``first`` when it starts a visit."""
        self._dispatches.frombytes(_pack_dispatch(code, intended, dispatched, first))

    def begin(self, intended: float, dispatched: float) -> None:
        """A visit began that says what it asks for only as it asks (``found`` gives the codes)."""
        self._dispatches.frombytes(_pack_dispatch(_BEGUN, intended, dispatched, True))

    def found(self, name: str) -> int:
        """The code of a request whose name was not known before the run; the same for the same name."""
        if name not in self._found and len(self._found) >= _MOST_FOUND:
            self.note(f"more than {_MOST_FOUND} names of requests: the rest is counted as {_OTHERS}")
            name = _OTHERS
        if name not in self._found:
            self._names.append(f"{name} (Locust)" if name in self._names else name)
            self._found[name] = len(self._names) - 1
        return self._found[name]

    @property
    def found_names(self) -> set[str]:
        """The names of those requests, as the lines give them."""
        return {self._names[code] for code in self._found.values()}

    def answer(self, code: int, intended: float, dispatched: float, done: float) -> None:
        """A right answer is whole."""
        self._answers.frombytes(_pack_answer(code, intended, dispatched, done, 0.0))

    def failure(
        self, code: int, intended: float, dispatched: float, done: float, kind: FailureKind, detail: str
    ) -> None:
        """A request ended without one. The first few of a kind are kept as examples."""
        self._answers.frombytes(_pack_answer(code, intended, dispatched, done, _OUTCOME[kind]))
        seen = self._examples_seen
        if seen[code, kind] < _EXAMPLES_A_STEP and seen[None, kind] < _EXAMPLES_A_KIND:
            seen[code, kind] += 1
            seen[None, kind] += 1
            text = detail[:_DETAIL_CHARACTERS]
            self._examples.append(Example(kind=kind, step=self._names[code], detail=text, offset_seconds=done))

    def note(self, text: str) -> None:
        """Something the report must say about the generator; said once."""
        if text not in self._notes:
            self._notes.append(text)

    def take(
        self,
        second: int,
        *,
        worker: int,
        now: float,
        in_flight: int,
        last: bool = False,
        pending: Iterable[tuple[int, float]] = (),
    ) -> Second:
        """Everything noted since the last call, as the line of ``second``.

        ``pending`` are the code and the intended instant of each request still unanswered.
        """
        dispatches = np.frombuffer(self._dispatches).reshape(-1, 4) if self._dispatches else np.empty((0, 4))
        answers = np.frombuffer(self._answers).reshape(-1, 5) if self._answers else np.empty((0, 5))
        line = Second(
            second=second,
            worker=worker,
            planned=dict(self.planned),
            started=_count(dispatches[dispatches[:, 3] > 0, 1]),
            completed=self.completed,
            failed=self.failed,
            abandoned=self.abandoned,
            dropped=self.dropped,
            late=self.late,
            in_flight=in_flight,
            cpu_ratio=self._cpu_ratio(now),
            sent=self._sent(dispatches[:, 0]),
            # An asset is meant for the instant it is asked for, so it has no lag, and would hide that of pages. So is
            # what a Locust class asks for: the lag of its visit is known from its beginning.
            lag=_lags(dispatches[dispatches[:, 0] < self.assets_code]),
            answers=tuple(self._group(answers)),
            pending=tuple(self._group(_pending(pending, now))) if last else (),
            examples=tuple(self._examples),
            notes=tuple(self._notes),
            last=last,
        )
        self._reset()
        return line

    def _reset(self) -> None:
        self._answers, self._dispatches = array("d"), array("d")
        self._examples, self._notes = [], []
        self.planned.clear()
        self.completed = self.late = self.failed = self.abandoned = self.dropped = 0

    def _cpu_ratio(self, now: float) -> float:
        cpu = time.process_time()
        ratio = (cpu - self._cpu) / max(now - self._written, 1e-3)
        self._cpu, self._written = cpu, now
        return ratio

    def _sent(self, codes: Floats) -> dict[str, int]:
        return {self._names[code]: n for code, n in _count(codes[codes >= 0]).items()}

    def _group(self, answers: Floats) -> Iterable[Answers]:
        seconds = np.floor(answers[:, 1])
        for code in _distinct(answers[:, 0]):
            of_step = answers[:, 0] == code
            for second in _distinct(seconds[of_step]):
                yield _answers(self._names[code], second, answers[of_step & (seconds == second)])


def _answers(step: str, second: int, rows: Floats) -> Answers:
    right = rows[:, 4] == 0
    good, bad = rows[right], rows[~right]
    return Answers(
        step=step,
        intended=second,
        latency=Histogram.of(good[:, 3] - good[:, 1]),
        service=Histogram.of(good[:, 3] - good[:, 2]),
        lost=Histogram.of(bad[:, 3] - bad[:, 1]),
        failures={_KINDS[code - 1].value: n for code, n in _count(bad[:, 4]).items()},
    )


def _count(values: Floats) -> dict[int, int]:
    whole, counts = np.unique(np.floor(values).astype(np.int64), return_counts=True)
    return dict(zip(whole.tolist(), counts.tolist(), strict=True))


def _distinct(values: Floats) -> Iterable[int]:
    # Without its counts, numpy's unique imports masked arrays at its first call: 20 ms in the first second of a run.
    return _count(values)


def _lags(dispatches: Floats) -> dict[int, Histogram]:
    seconds = np.floor(dispatches[:, 1])
    lag = dispatches[:, 2] - dispatches[:, 1]
    return {second: Histogram.of(lag[seconds == second]) for second in _distinct(seconds)}


def _pending(pending: Iterable[tuple[int, float]], now: float) -> Floats:
    # Not answered yet is no failure: the age is a latency still growing.
    rows = [(code, intended, intended, now, 0.0) for code, intended in pending]
    return np.array(rows, np.float64).reshape(-1, 5)
