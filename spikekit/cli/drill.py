"""``spikekit drill``: a log to practise on, whose truth is known."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spikekit.cli.options import common, print_document
from spikekit.cli.page import is_standard_output
from spikekit.cli.parameters import DURATION, PER_SECOND, POSITIVE_DURATION, QUANTILE

if TYPE_CHECKING:
    from rich.status import Status

    from spikekit.cli.watching import Asked
    from spikekit.live.drill import Drill
    from spikekit.live.drilled_log import DrilledLog


@click.command()
@click.argument("campaign_file", metavar="CAMPAIGN", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The log, its truth beside it; - for standard output [CAMPAIGN.log].",
)
@click.option(
    "--speed", type=click.FloatRange(min=0.01), help="1 writes as it happens, 60 a minute a second [at once]."
)
@click.option("--at", "quantile", type=QUANTILE, help="How large the campaign turns out, such as p90 [drawn].")
@click.option("--spike", "spikes", metavar="TEXT", multiple=True, help="crowd, bots or attack, 10/s at 20m for 10m …")
@click.option("--bots", type=PER_SECOND, default="0.1", help="Crawlers all along, requests/s [0.1].")
@click.option("--normal", type=PER_SECOND, help="Usual visits/s [by site.yaml, or 1].")
@click.option(
    "--before",
    type=DURATION,
    help="How long before the launch it begins [30m before that or its first channel; a day at most].",
)
@click.option(
    "--after",
    type=POSITIVE_DURATION,
    help="How long after the launch it ends [2h after its last channel has begun; a day at most].",
)
@common
def command(
    campaign_file: Path,
    out: Path | None,
    speed: float | None,
    as_json: bool,
    site_file: Path | None,
    state_dir: Path | None,
    seed: int,
    quantile: float | None,
    spikes: tuple[str, ...],
    bots: float,
    normal: float | None,
    before: float | None,
    after: float | None,
) -> None:
    """Write the access log of a campaign that might happen, to rehearse the reaction to it.

    \b
    spikekit drill fry.yaml --spike 'crowd 10/s at 20m for 10m from https://t.co/Qx1a on /books/42' --spike attack
    spikekit watch fry.yaml --access-log fry.log --replay
    """
    from spikekit.cli.drilling import surprises
    from spikekit.cli.watching import asked
    from spikekit.live.drilled_log import HOST, DrilledLog

    file = out or Path(f"{campaign_file.stem}.log")
    with _patience(f"Drawing {campaign_file.name} …", file):
        question = asked((campaign_file,), site_file=site_file, state_dir=state_dir, seed=seed)
    lasts = _lasts(question) if after is None else after
    early = _begins_before(question) if before is None else before
    drill = _drill(question, quantile, seed, bots, normal, early, lasts)
    drill = replace(
        drill, surprises=surprises(spikes, seed, lasts, page=f"{drill.forecast.campaign.landing.rstrip('/')}/42")
    )
    site = question.watched.site
    log = DrilledLog(drill, host=site.production.url if site and site.production else HOST)
    with _patience(f"Writing {file} …", file) as status:
        _write(log, file, speed, status)
    _tell(log, drill, file, as_json=as_json)


def _begins_before(question: Asked) -> float:
    """From half an hour before the first channel may begin, so that nobody practises without the peak."""
    from spikekit.forecast.combined import extent
    from spikekit.live.drill import BEFORE_SECONDS, MOST_SECONDS

    campaign = question.watched.forecasts[0].campaign
    first = (extent(campaign)[0] - campaign.launch).total_seconds()
    return min(max(-first, 0.0) + BEFORE_SECONDS, MOST_SECONDS)


def _lasts(question: Asked) -> float:
    """Until two hours after the last channel has begun, for the same reason."""
    from spikekit.live.drill import AFTER_SECONDS, MOST_SECONDS

    channels = question.watched.forecasts[0].campaign.channels
    last = max(c.at_seconds + c.within_seconds + c.send_over_seconds for c in channels)
    return min(max(last, 0.0) + AFTER_SECONDS, MOST_SECONDS)


def _drill(
    question: Asked, quantile: float | None, seed: int, bots: float, normal: float | None, before: float, after: float
) -> Drill:
    import random

    from spikekit.live.drill import NORMAL_PER_SECOND, REQUESTS_PER_VISIT, Drill
    from spikekit.live.drilled_visit import pages_of

    forecast, site = question.watched.forecasts[0], question.watched.site
    chance = random.Random(f"drill/{seed}").random()
    usual = site.normal_traffic.typical if site and site.normal_traffic else None
    by_site = usual / REQUESTS_PER_VISIT if usual else NORMAL_PER_SECOND
    return Drill(
        forecast=forecast,
        draw=forecast.draw_at(chance if quantile is None else quantile),
        seed=seed,
        before=before,
        after=after,
        normal_per_second=by_site if normal is None else normal,
        bots_per_second=bots,
        capacity_requests_per_second=question.watched.capacity_requests_per_second,
        pages=pages_of(forecast.campaign, site),
    )


def _patience(text: str, file: Path) -> AbstractContextManager[Status | None]:
    """Something that moves on a terminal; nothing in a pipe, nor where the log itself goes to the terminal."""
    if not sys.stderr.isatty() or (is_standard_output(file) and sys.stdout.isatty()):
        return contextlib.nullcontext()
    from rich.console import Console
    from rich.markup import escape

    return Console(stderr=True).status(escape(text))


def _write(log: DrilledLog, file: Path, speed: float | None, status: Status | None) -> None:
    """Second by second; with a ``speed``, no second before its time."""
    from spikekit.errors import UsageError

    try:
        with contextlib.nullcontext(sys.stdout.buffer) if is_standard_output(file) else file.open("wb") as stream:
            for lines in _paced(_told(log, file, status), speed):
                stream.write(lines)
                if speed:
                    stream.flush()
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise UsageError(f"cannot write {file}: {error.strerror or error}") from error


def _told(log: DrilledLog, file: Path, status: Status | None) -> Iterator[tuple[int, bytes]]:
    """The seconds of the log, with its clock beside the name of the file once a minute."""
    from rich.markup import escape

    zone, shown = log.truth.drill.forecast.campaign.launch.tzinfo, None
    for second, lines in log:
        if status is not None and second // 60 != shown:
            shown = second // 60
            status.update(escape(f"Writing {file}: {datetime.fromtimestamp(second, zone):%H:%M} …"))
        yield second, lines


def _paced(log: Iterable[tuple[int, bytes]], speed: float | None) -> Iterator[bytes]:
    began, first = time.monotonic(), None
    for second, lines in log:
        first = second if first is None else first
        if speed:
            time.sleep(max(0.0, began + (second + 1 - first) / speed - time.monotonic()))
        yield lines


def _tell(log: DrilledLog, drill: Drill, file: Path, *, as_json: bool) -> None:
    from spikekit.cli.colour import say
    from spikekit.wording import duration

    truth = log.truth.document()
    if is_standard_output(file):
        return
    beside = file.with_name(f"{file.name}.truth.json")
    beside.write_text(json.dumps(truth, indent=1) + "\n")
    if as_json:
        print_document({**truth, "log": str(file), "truth": str(beside)})
        return
    say(
        f"{truth['lines']:,} lines in {file}, with {sum(truth['campaign_entries'].values()):,} of the"
        f" {drill.forecast.visitors_24h[drill.draw]:,.0f} visitors of {truth['campaign']}'s first day: "
        f"from {duration(drill.before)} before the launch to {duration(drill.after)} after it.\n"
        f"What is in them by construction: {beside}"
    )
