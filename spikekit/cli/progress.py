"""What people see while a run goes on: time, rate, latency, failures; nothing at all in a pipe."""

from __future__ import annotations

from types import TracebackType

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from spikekit.engine.plan import Plan
from spikekit.measurement.histogram import Histogram
from spikekit.measurement.second import Second
from spikekit.wording import clock, duration


class RunProgress:
    """One line that redraws itself: a bar, the time left, visitors a second, p95, failures, visitors inside."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._begin()

    def _begin(self) -> None:
        self._progress = Progress(
            BarColumn(bar_width=24),
            TextColumn("{task.fields[time]}"),
            TextColumn("{task.description}"),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._progress.add_task("starting the generator …", total=1.0, time="")
        self._failed = 0
        self._answered = False
        self._lines: list[Second] = []

    def __enter__(self) -> RunProgress:
        self._progress.start()
        return self

    def say(self, text: str) -> None:
        """Words above the bar, on standard error."""
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def leave(self, text: str) -> None:
        """One run of several is over: leave a line on standard output and begin anew below it."""
        self._progress.stop()
        click.echo(text)
        self._begin()
        self._progress.start()

    def show(self, plan: Plan, second: Second) -> None:
        """One more line; a second is shown when the first line of the next one tells that it is whole."""
        if self._lines and second.second > self._lines[0].second:
            self._draw(plan.profile.duration_seconds)
            self._lines.clear()
        self._lines.append(second)

    def _draw(self, length: float) -> None:
        done = min(self._lines[0].second + 1.0, length)
        self._failed += sum(line.failed + line.abandoned for line in self._lines)
        self._answered = self._answered or any(line.answers for line in self._lines)
        self._progress.update(
            self._task,
            total=length,
            completed=done,
            time=f"{clock(done)} of {clock(length)}",
            description=_described(
                self._lines, self._failed, answered=self._answered, draining=self._lines[0].second + 1 > length
            ),
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def _described(lines: list[Second], failed: int, *, answered: bool, draining: bool) -> str:
    inside = sum(line.in_flight for line in lines)
    if draining and inside:
        return f"waiting for the last {inside:,} visitors"
    latency = Histogram.merged(a.latency for line in lines for a in line.answers).quantile(0.95)
    slow = "no answer this second" if answered else "no answers yet"
    if latency is not None:
        slow = f"p95 {duration(latency)}"
    started = sum(sum(line.started.values()) for line in lines)
    return f"{started:,} visitors/s · {slow} · {failed:,} failed · {inside:,} inside"
