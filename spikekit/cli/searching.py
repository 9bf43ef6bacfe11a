"""What people see while a search goes on: the trials so far, the picture of bounds, and the trial in progress."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.text import Text

from spikekit.capacity.trial import Move, Trial, TrialKind
from spikekit.capacity.words import rate
from spikekit.engine.plan import Plan
from spikekit.measurement.second import Second
from spikekit.report.capacity.reading import Picture, TrialReading, reading
from spikekit.report.capacity.terminal import bounds, table
from spikekit.trial.result import trial_result
from spikekit.wording import clock


class SearchProgress:
    """A table that redraws itself on standard error, and goes when the answer comes; nothing at all in a pipe."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._live = Live(console=self._console, transient=True, auto_refresh=False)
        self._move: Move | None = None
        self._trials: list[Trial] = []

    def __enter__(self) -> SearchProgress:
        if self._console.is_terminal:
            self._live.start()
        return self

    def trial(self, move: Move | None, trials: list[Trial]) -> None:
        """The next trial begins."""
        self._move, self._trials = move, trials
        self._draw("starting the generator …")

    def show(self, plan: Plan, line: Second) -> None:
        """One more second of it."""
        length = plan.profile.duration_seconds
        self._draw(f"{clock(min(line.second + 1.0, length))} of {clock(length)} · {line.in_flight:,} inside")

    def _draw(self, state: str) -> None:
        if not self._live.is_started:
            return
        lines = self._pictured()
        if self._move is not None:
            what = "up to " if self._move.kind is TrialKind.LOOK else ""
            lines.append(f" {len(self._trials) + 1:>5} {what + rate(self._move.visitors_per_second):>12}   {state}")
        self._live.update(Text.from_ansi("\n".join(lines)), refresh=True)

    def _pictured(self) -> list[str]:
        if not self._trials:
            return []
        rates = [t.visitors_per_second for t in self._trials]
        axis = Picture(least=min(rates) / 1.05, most=max(rates) * 1.05, low=None, high=None)
        read: list[TrialReading] = [reading(i + 1, trial_result(t), axis) for i, t in enumerate(self._trials)]
        return [*bounds(read, axis, colour=True), *table(read, colour=True)]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()
