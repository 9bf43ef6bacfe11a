"""``--listen`` and ``--linger``: a run that Prometheus can scrape while it goes on, and once more at its end."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from spikekit.cli.parameters import DURATION, LISTEN

if TYPE_CHECKING:
    from spikekit.engine.plan import Plan
    from spikekit.measurement.second import Second
    from spikekit.metrics.run import RunMetrics

    OnSecond = Callable[[Plan, Second], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporting:
    """Where the run's numbers are told (nowhere without an address), and how long a last scrape is waited for."""

    listen: tuple[str, int] | None = None
    linger_seconds: float = 0.0

    @contextmanager
    def metrics(self) -> Iterator[RunMetrics | None]:
        """Numbers to be fed, at an address that stays until they were scraped once more, or for the linger time."""
        if self.listen is None:
            yield None
            return
        from spikekit.metrics.endpoint import Endpoint
        from spikekit.metrics.run import RunMetrics

        numbers = RunMetrics()
        with Endpoint(self.listen, [numbers]) as endpoint:
            click.echo(f"Numbers for Prometheus: {endpoint.url}", err=True)
            yield numbers
            if numbers.is_concluded:
                self._last_scrape(endpoint.wait_for_scrape)

    def _last_scrape(self, wait: Callable[[float], bool]) -> None:
        if not self.linger_seconds:
            return
        try:
            click.echo(f"Waiting for one more scrape, at most {self.linger_seconds:g} s; Ctrl-C leaves now.", err=True)
            if not wait(self.linger_seconds):
                click.echo("Nobody scraped it: the end of the run is in the report alone.", err=True)
        except KeyboardInterrupt:
            return


def both(show: OnSecond, metrics: RunMetrics | None) -> OnSecond:
    """Each second to the progress on the terminal, and to the numbers where there are any."""

    def heard(plan: Plan, line: Second) -> None:
        if metrics is not None:
            metrics.add(plan, line)
        show(plan, line)

    return heard


def exported(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--listen --linger`` on a command, which gets them as its one ``exporting``."""

    @functools.wraps(command)
    def gathered(*, listen: tuple[str, int] | None, linger: float, **given: Any) -> Any:
        return command(exporting=Exporting(listen=listen, linger_seconds=linger), **given)

    decorated: Callable[..., Any] = gathered
    for option in (
        click.option("--linger", type=DURATION, default="20s", help="Then wait so long for one more scrape [20s]."),
        click.option("--listen", type=LISTEN, metavar="HOST:PORT", help="Tell Prometheus of it, as at 127.0.0.1:9777."),
    ):
        decorated = option(decorated)
    return decorated
