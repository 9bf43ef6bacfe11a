"""How ``spikekit watch`` follows what grows: files or a pipe, on a terminal or not, with metrics and a webhook."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import click
from rich.console import Console
from rich.live import Live
from rich.text import Text

from spikekit.cli.watching import Asked
from spikekit.errors import UsageError
from spikekit.live.alarm import Alarm
from spikekit.live.following import POLL_SECONDS, Following
from spikekit.live.journal import Journal
from spikekit.live.outlook import requests_per_visitor
from spikekit.live.queried import Queried
from spikekit.live.watch import Watch
from spikekit.live.webhook import Webhook
from spikekit.metrics.endpoint import Endpoint
from spikekit.metrics.live import LiveMetrics, LiveSnapshot, LiveSource
from spikekit.report.chart.terminal import inked, plain
from spikekit.report.live.terminal import alarm_lines, status_line, view
from spikekit.traffic.follow import Follower
from spikekit.traffic.format import line_format
from spikekit.traffic.stream import Stream

STATUS_SECONDS = 60
"""In a pipe there is one line so often."""

Show = Callable[[Following], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The command line as it was typed, as far as following goes."""

    logs: tuple[Path, ...]
    log_format: str | None
    from_start: bool
    prometheus: str | None
    query: str | None
    listen: tuple[str, int] | None
    webhook: str | None


def follow(question: Asked, given: Given, *, quiet: bool = False) -> Watch:
    """Follow until Ctrl-C, or until the pipe ends; returns what was seen. ``quiet``: show nothing."""
    watch = Watch(question.watched, line_format(given.log_format) if given.log_format else None)
    source = _source(watch, given)
    journal = Journal(question.state, given.logs) if isinstance(source, Follower) else None
    with ExitStack() as stack:
        tell = _webhook(stack, given.webhook)
        following = Following(watch, source, journal=journal, tell=tell)
        _go_on(following, source, journal)
        show = stack.enter_context(_shown(quiet))
        metrics = LiveMetrics()
        # What was written meanwhile is read before anybody scrapes: counters must not seem to go back.
        following.step()
        following.save()
        metrics.show(snapshot(following))
        if given.listen is not None:
            endpoint = stack.enter_context(Endpoint(given.listen, [metrics]))
            click.echo(f"numbers for Prometheus: {endpoint.url}", err=True)
        try:
            _loop(following, source, metrics, show)
        except KeyboardInterrupt:
            pass
        finally:
            following.save()
    return watch


def _source(watch: Watch, given: Given) -> Follower | Stream | Queried:
    if given.prometheus is not None:
        courses = list(watch.courses.values())
        each = median(requests_per_visitor(forecast) for forecast in watch.watched.forecasts)
        tell = partial(click.echo, err=True)
        return Queried(given.prometheus, given.query or "", courses, tell, requests_per_visitor=each)
    if [str(log) for log in given.logs] == ["-"]:
        return Stream(sys.stdin.fileno())
    if Path("-") in given.logs:
        raise UsageError("standard input is watched alone", hint="or give files only")
    for log in given.logs:
        if not log.exists():
            click.echo(f"{log} is not there yet: waiting for it", err=True)
    return Follower(given.logs, from_start=given.from_start)


def _go_on(following: Following, source: Follower | Stream | Queried, journal: Journal | None) -> None:
    state = journal.read() if journal else None
    if state is not None and isinstance(source, Follower):
        source.restore(state["source"])
        following.restore(state)
        click.echo(f"goes on from {following.watch.tally.lines:,} lines read before", err=True)


def _loop(following: Following, source: Follower | Stream | Queried, metrics: LiveMetrics, show: Show) -> None:
    told: str | None = None
    while True:
        began = time.monotonic()
        following.step()
        metrics.show(snapshot(following))
        show(following)
        if isinstance(source, Stream) and source.ended:
            following.finish()
            metrics.show(snapshot(following))
            return
        if (doubt := following.doubt) not in (None, told):
            click.echo(f"spikekit: {doubt}", err=True)
            told = doubt
        time.sleep(max(0.0, began + POLL_SECONDS - time.monotonic()))


def _webhook(stack: ExitStack, url: str | None) -> Callable[[Alarm], None]:
    if url is None:
        return lambda _alarm: None
    return stack.enter_context(Webhook(url, lambda words: click.echo(f"spikekit: {words}", err=True))).send


@contextmanager
def _shown(quiet: bool) -> Iterator[Show]:
    """A picture that redraws itself on a terminal; lines in a pipe."""
    console = Console()
    if quiet:
        yield lambda _following: None
        return
    if not console.is_terminal:
        yield _Lines().show
        return
    with Live(console=console, auto_refresh=False, transient=False, vertical_overflow="crop") as live:
        yield lambda following: live.update(Text.from_ansi("\n".join(view(following, inked))), refresh=True)


class _Lines:
    """Every alarm, and a line a minute."""

    def __init__(self) -> None:
        self._minute = -1
        self._told = 0

    def show(self, following: Following) -> None:
        """Print what is new."""
        new = following.alarms_told - self._told
        for alarm in following.recent[len(following.recent) - new :] if new else []:
            click.echo("\n".join(alarm_lines(following, alarm, plain)))
            click.echo(f"       on call: {alarm.on_call}\n       marketing: {alarm.marketing}")
        self._told = following.alarms_told
        now = following.now
        if now is not None and now // STATUS_SECONDS != self._minute:
            self._minute = now // STATUS_SECONDS
            click.echo(status_line(following))
            sys.stdout.flush()


def snapshot(following: Following) -> LiveSnapshot:
    """What Prometheus is told."""
    watch, now = following.watch, following.now or 0
    rates = watch.pace.rates(now)
    site = watch.watched.site
    campaigns = {name: name for name in watch.courses}
    sources = {
        name: LiveSource(
            requests=counts.requests,
            failures=counts.failures,
            entries=counts.entries,
            requests_per_second=rates.get(name, 0.0),
            campaign=campaigns.get(name, ""),
        )
        for name, counts in watch.totals.sources.items()
    }
    active = {spike.source for spike in watch.active if not spike.declared}
    return LiveSnapshot(
        site=site.name if site else "",
        sources=sources,
        still_to_come={
            name: {0.1: peak.p10, 0.5: peak.p50, 0.9: peak.p90}
            for name, outlook in following.outlooks.items()
            for peak in [outlook.peak_requests]
        },
        spikes={spike.source: spike.source in active for spike in watch.spikes if not spike.declared},
        lines=watch.tally.lines,
        skipped=dict(watch.tally.skipped),
    )
