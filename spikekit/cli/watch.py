"""``spikekit watch``: who is coming, why, and what comes next; live, or of logs that are finished."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spikekit.cli.options import common, print_document
from spikekit.cli.parameters import LISTEN
from spikekit.errors import UsageError
from spikekit.vocabulary import ExitCode

if TYPE_CHECKING:
    from spikekit.cli.watching import Asked
    from spikekit.live.watch import Watch


@click.command()
@click.argument(
    "campaigns", metavar="CAMPAIGN...", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False)
)
@click.option(
    "--access-log",
    "logs",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The site's access log; several, or - for standard input.",
)
@click.option("--log-format", metavar="X", help="How the logs look: a name, or nginx's log_format [told by itself].")
@click.option("--prometheus", metavar="URL", help="Ask this Prometheus instead, with --query.")
@click.option("--query", metavar="Q", help="Visitors per second, such as sum(rate(visits_total[1m])).")
@click.option(
    "--referrers", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="More sites with names."
)
@click.option("--replay", "is_replay", is_flag=True, help="The logs are finished: read them through and sum up.")
@click.option("--from-start", is_flag=True, help="Read growing logs from their start [from now on].")
@click.option("--listen", type=LISTEN, metavar="HOST:PORT", help="Tell Prometheus of it, as at 127.0.0.1:9777.")
@click.option("--webhook", metavar="URL", help="Post alarms there, as JSON.")
@common
def command(
    campaigns: tuple[Path, ...],
    logs: tuple[Path, ...],
    log_format: str | None,
    prometheus: str | None,
    query: str | None,
    referrers: Path | None,
    is_replay: bool,
    from_start: bool,
    listen: tuple[str, int] | None,
    webhook: str | None,
    as_json: bool,
    site_file: Path | None,
    state_dir: Path | None,
    seed: int,
) -> ExitCode:
    """Watch campaigns in the site's access logs: who comes, from where, what nobody declared, what comes next."""
    from spikekit.cli.watching import asked

    if bool(logs) == (prometheus is not None) or (prometheus is None) != (query is None) or (is_replay and not logs):
        raise UsageError(
            "what is to be watched? --access-log FILE, or --prometheus URL with --query Q",
            hint="such as --access-log /var/log/nginx/access.log; finished logs with --replay",
        )
    question = asked(campaigns, site_file=site_file, state_dir=state_dir, seed=seed, referrers=referrers)
    if is_replay:
        watch = _replayed(question, logs, log_format)
    else:
        from spikekit.cli.following import Given, follow

        given = Given(
            logs=logs,
            log_format=log_format,
            from_start=from_start,
            prometheus=prometheus,
            query=query,
            listen=listen,
            webhook=webhook,
        )
        watch = follow(question, given, quiet=as_json)
    _show(watch, question, logs, as_json=as_json, seed=seed)
    return ExitCode.DONE


def _replayed(question: Asked, logs: tuple[Path, ...], log_format: str | None) -> Watch:
    from rich.console import Console

    from spikekit.live.replay import replay
    from spikekit.traffic.format import line_format

    form = line_format(log_format) if log_format else None
    with Console(stderr=True).status("reading …") as status:
        return replay(
            logs,
            question.watched,
            line_format=form,
            progress=lambda lines: status.update(f"reading: {lines:,} lines"),
        )


def _show(watch: Watch, question: Asked, logs: tuple[Path, ...], *, as_json: bool, seed: int) -> None:
    from spikekit.cli.colour import echo
    from spikekit.cli.heading import heading
    from spikekit.files.digest import digest
    from spikekit.live.document import SCHEMA, live_document
    from spikekit.report.chart.terminal import inked
    from spikekit.report.live.replay import replay_lines

    if as_json:
        files = (*question.files, *(log for log in logs if log.is_file()))
        inputs = {str(file): digest(file) for file in files}
        print_document(live_document(watch, heading(SCHEMA, created=datetime.now(UTC), seed=seed, inputs=inputs)))
    else:
        echo("\n".join(replay_lines(watch, inked)))
