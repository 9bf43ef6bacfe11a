"""``spikekit demo``: the whole story on a sample shop, in under 90 seconds."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spikekit.cli.colour import echo
from spikekit.cli.options import common, print_document

if TYPE_CHECKING:
    from spikekit.demo.story import Stage
    from spikekit.verdict.run import Run

REPORT = Path("demo-report.html")


@click.command()
@common
def command(as_json: bool, state_dir: Path | None, seed: int, **_: object) -> None:
    """A celebrity with 6.2 million followers is about to mention a small shop. Will it hold?

    Opens a sample shop on this machine, forecasts the visitors, measures what the shop holds, rehearses the spike,
    says how likely production is to hold and what would make it surer, and writes a report. Needs no files and sends
    nothing beyond this machine.
    """
    from spikekit.demo.story import SHOP, staged
    from spikekit.shop.process import ShopProcess

    begun = time.monotonic()
    with ShopProcess(SHOP) as shop:
        stage = staged(shop.url, state_dir or Path(".spikekit"), seed)
        run = _told(stage, quiet=as_json)
    if as_json:
        print_document(run.document())
    else:
        echo(f"\nThe whole story took {time.monotonic() - begun:.0f} s.  Yours:  spikekit init my-campaigns")


def _told(stage: Stage, *, quiet: bool) -> Run:
    """Every chapter, each with what it shows."""
    from spikekit.cli.progress import RunProgress
    from spikekit.cli.searching import SearchProgress
    from spikekit.demo.story import answered, drawn, measured, rehearsed
    from spikekit.history.atomic import write_atomically
    from spikekit.report.capacity.terminal import capacity_summary
    from spikekit.report.forecast.terminal import forecast_lines
    from spikekit.report.readiness.terminal import readiness_lines
    from spikekit.report.run.page import page
    from spikekit.report.run.terminal import summary

    def say(text: str) -> None:
        if not quiet:
            echo(text)

    say(_chapter(1, "What is coming: a post to 6.2 million followers"))
    for line in forecast_lines(drawn(stage), next_command="the next chapter: what does the shop hold?"):
        say(line)
    say(_chapter(2, "What the shop holds: a short search (three minutes would narrow it)"))
    with SearchProgress() as searching:
        found = measured(stage, searching.trial, searching.show)
    say(capacity_summary(found))
    say(_chapter(3, "The rehearsal: a spike that one post in ten exceeds, on the shop"))
    with RunProgress() as progress:
        run = rehearsed(stage, progress.show)
    say(summary(run))
    write_atomically(REPORT, page(run))
    say(_chapter(4, "Will production hold, four times as strong as this shop, and what would make it surer?"))
    say("\n".join(readiness_lines(answered(stage), next_command=None)))
    say(_chapter(5, f"The report: open {REPORT} in a browser; it needs no network"))
    return run


def _chapter(number: int, title: str) -> str:
    return "\n" + click.style(f"{number}. {title}", bold=True) + "\n"
