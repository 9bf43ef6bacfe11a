"""``spikekit review``: what was forecast and what came; the next forecast learns from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spikekit.cli.options import common, html, print_document
from spikekit.cli.page import is_standard_output, write_page
from spikekit.cli.parameters import POSITIVE_DURATION
from spikekit.errors import UsageError
from spikekit.vocabulary import Status

if TYPE_CHECKING:
    from spikekit.campaign.model import Campaign
    from spikekit.forecast.forecast import Forecast
    from spikekit.review.hits import Hits
    from spikekit.review.review import Review
    from spikekit.site.model import Site
    from spikekit.traffic.series import Series


@click.command()
@click.argument("campaign_file", metavar="CAMPAIGN", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--observed",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A CSV of time,count, or access logs.",
)
@click.option("--log-format", metavar="X", help="How the logs look: a name, or nginx's log_format [told by itself].")
@click.option("--prometheus", metavar="URL", help="Ask this Prometheus instead, with --query.")
@click.option("--query", metavar="Q", help="Visitors per second, such as sum(rate(visits_total[1m])).")
@click.option("--over", type=POSITIVE_DURATION, default="24h", help="With --query: how long after the launch [24h].")
@click.option("--saturated", metavar="FROM/TO", multiple=True, help="The site was full then, such as 4m/20m.")
@html
@click.option("--dry-run", is_flag=True, help="Keep nothing.")
@common
def command(
    campaign_file: Path,
    observed: tuple[Path, ...],
    log_format: str | None,
    prometheus: str | None,
    query: str | None,
    over: float,
    saturated: tuple[str, ...],
    html_file: Path | None,
    dry_run: bool,
    as_json: bool,
    site_file: Path | None,
    state_dir: Path | None,
    seed: int,
) -> None:
    """Hold what came against what was forecast; the next forecast learns from it.

    FILE holds the campaign's visits: a CSV of times and counts, perhaps with a column channel, source or medium; or the
    site's access logs (nginx, Apache, JSON; several, also compressed), in which they are found by their UTM values.
    """
    from spikekit.campaign.file import load_campaign
    from spikekit.cli.known import known_past
    from spikekit.forecast.forecast import forecast
    from spikekit.history.state import state_folder
    from spikekit.site.file import find_site, load_site

    _one_source(observed, prometheus, query)
    found = find_site(campaign_file, site_file)
    site = load_site(found) if found else None
    campaign = load_campaign(campaign_file, site)
    _must_have_been(campaign, datetime.now(UTC))
    state = state_folder(campaign_file.parent, explicit=state_dir, site_file=found)
    past = known_past(campaign_file.parent, state_dir=state_dir, site_file=found)
    drawn = forecast(campaign, site=site, seed=seed, past=past)
    came = _counted(drawn, site, observed, log_format) if observed else _queried(drawn, prometheus, query, over)
    done = _reviewed(drawn, site, came, saturated)
    file, hits = _kept(done, state, dry_run=dry_run)
    files = [campaign_file, *([found] if found else []), *observed]
    _show(done, hits, file, files, html_file=html_file, as_json=as_json, seed=seed)


def _must_have_been(campaign: Campaign, now: datetime) -> None:
    """What did not take place, or not yet, teaches nothing. Raises ``UsageError``."""
    from spikekit.forecast.combined import extent

    if extent(campaign)[0] > now:
        raise UsageError(
            f"{campaign.id} launches on {campaign.launch:%d %B %Y at %H:%M}, which has not come yet",
            hint="check the launch in the campaign's file; what came is reviewed afterwards",
        )
    if campaign.status is Status.CANCELLED:
        raise UsageError(
            f"{campaign.id} is cancelled, so nothing that came is its own",
            hint="if it took place after all, write status: confirmed",
        )


def _one_source(observed: tuple[Path, ...], prometheus: str | None, query: str | None) -> None:
    """What came is told by files, or by Prometheus with a query. Raises ``UsageError``."""
    if bool(observed) == (prometheus is not None) or (prometheus is None) != (query is None):
        raise UsageError(
            "what came? --observed FILE, or --prometheus URL with --query Q",
            hint="such as: spikekit review fry.yaml --observed clicks.csv",
        )


def _counted(drawn: Forecast, site: Site | None, observed: tuple[Path, ...], log_format: str | None) -> Series:
    from spikekit.review.counts import read_counts

    return read_counts(observed, drawn, site=site, log_format=log_format)


def _queried(drawn: Forecast, prometheus: str | None, query: str | None, over: float) -> Series:
    from spikekit.forecast.combined import extent
    from spikekit.traffic.prometheus import query_range

    campaign = drawn.campaign
    start = min(extent(campaign)[0], campaign.launch.astimezone(UTC))
    end = min(campaign.launch.astimezone(UTC) + timedelta(seconds=over), datetime.now(UTC))
    if end <= start:
        raise UsageError(f"the campaign has not launched yet: {campaign.launch:%d %B %Y at %H:%M}")
    return query_range(prometheus or "", query or "", start=start, end=end)


def _reviewed(drawn: Forecast, site: Site | None, series: Series, stretches: tuple[str, ...]) -> Review:
    from spikekit.review.review import review
    from spikekit.review.saturation import saturated, stretch

    known = [stretch(text, drawn.campaign.launch) for text in stretches]
    parts = {mark: saturated(part, known) for mark, part in series.parts.items()}
    total = saturated(series.total, known)
    return review(drawn, total, parts=parts, site=site, requests_per_visitor=series.requests_per_visitor)


def _kept(done: Review, state: Path, *, dry_run: bool) -> tuple[Path | None, Hits]:
    """Where the review was kept, and the hit rate with it."""
    from spikekit.review.hits import hits
    from spikekit.review.store import keep, read_past, record_file

    file = None if dry_run else keep(state, done.record, now=datetime.now(UTC))
    own = record_file(state, done.record)
    others = [r for r in read_past(state).records if record_file(state, r) != own]
    return file, hits([*others, done.record])


def _show(
    done: Review,
    hits: Hits,
    file: Path | None,
    files: list[Path],
    *,
    html_file: Path | None,
    as_json: bool,
    seed: int,
) -> None:
    from spikekit.cli.colour import echo
    from spikekit.cli.heading import heading
    from spikekit.files.digest import digest
    from spikekit.report.chart.terminal import inked
    from spikekit.report.review.reading import sentence
    from spikekit.report.review.terminal import review_lines
    from spikekit.review.document import SCHEMA, review_document

    recorded = str(file) if file else None
    if as_json:
        head = heading(SCHEMA, created=datetime.now(UTC), seed=seed, inputs={str(f): digest(f) for f in files})
        print_document(review_document(done, head, sentence=sentence(done), hits=hits, recorded=recorded))
    elif not is_standard_output(html_file):
        echo("\n".join(review_lines(done, hits, recorded=recorded, paint=inked)))
    if html_file is not None:
        from spikekit.report.review.page import review_page

        write_page(review_page(done, hits, recorded=recorded), html_file, said=None if as_json else " The page is in")
