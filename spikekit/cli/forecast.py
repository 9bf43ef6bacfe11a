"""``spikekit forecast``: the visitors a campaign will bring, from its file or from a few words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from spikekit.campaign.file import load_campaign
from spikekit.campaign.kinds import OTHER_NAMES
from spikekit.campaign.model import Campaign
from spikekit.cli.colour import echo
from spikekit.cli.heading import heading
from spikekit.cli.known import known_landing, known_past
from spikekit.cli.options import common, print_document
from spikekit.cli.parameters import COUNT, DURATION, POSITIVE_DURATION, SHARE
from spikekit.errors import UsageError
from spikekit.files.digest import digest
from spikekit.files.echo import quoted, suggestion
from spikekit.forecast.bare import campaign_of
from spikekit.forecast.document import SCHEMA, forecast_document
from spikekit.forecast.explained import explained
from spikekit.forecast.forecast import forecast
from spikekit.report.chart.terminal import inked
from spikekit.report.forecast.explained import explained_lines
from spikekit.report.forecast.terminal import forecast_lines
from spikekit.site.file import find_site, load_site
from spikekit.site.model import Site
from spikekit.vocabulary import ChannelKind, Status


@click.command()
@click.argument("campaign_file", metavar="[CAMPAIGN]", required=False, type=click.Path(path_type=Path))
@click.option("--kind", help="Without a file: how people are reached, such as celebrity_post or email.")
@click.option("--audience", type=COUNT, help="Without a file: how many people, such as 6.2M.")
@click.option("--click-rate", type=SHARE, help="All clicks over the audience, such as 2.6% [the published range].")
@click.option("--send-over", type=DURATION, help="How long the sending takes, such as 20m.")
@click.option("--deliver-over", type=POSITIVE_DURATION, help="How long ads are shown, such as 3d.")
@click.option("--explain", is_flag=True, help="Show every figure behind it, with its source.")
@common
def command(
    campaign_file: Path | None,
    explain: bool,
    as_json: bool,
    site_file: Path | None,
    state_dir: Path | None,
    seed: int,
    **bare: str | float | None,
) -> None:
    """Show the visitors a campaign will bring, with honest doubt.

    With a CAMPAIGN file, or without any: spikekit forecast --kind celebrity_post --audience 6.2M
    """
    files, campaign, site = _asked(campaign_file, site_file, bare)
    folder = campaign_file.parent if campaign_file else Path()
    past = known_past(folder, state_dir=state_dir, site_file=site_file)
    landing = known_landing(folder, site, state_dir=state_dir, site_file=site_file)
    result = forecast(campaign, site=site, seed=seed, past=past, landing=landing)
    if as_json:
        first = heading(SCHEMA, created=datetime.now(UTC), seed=seed, inputs={str(f): digest(f) for f in files})
        print_document(forecast_document(result, first, site=site))
    elif explain:
        echo("\n".join(explained_lines(result, explained(result, site))))
    else:
        echo("\n".join(forecast_lines(result, next_command=_following(campaign_file, campaign), paint=inked)))


def _following(campaign_file: Path | None, campaign: Campaign) -> str:
    """The command that is worth typing now."""
    if campaign_file is None:
        return "spikekit init my-campaigns"
    if campaign.status is Status.CANCELLED:
        return f"spikekit calendar {campaign_file.parent}"
    if campaign.launch < datetime.now(UTC) - timedelta(days=1):
        return f"spikekit review {campaign_file} --observed clicks.csv"
    return f"spikekit rehearse {campaign_file}"


def _asked(
    campaign_file: Path | None, site_file: Path | None, bare: dict[str, str | float | None]
) -> tuple[list[Path], Campaign, Site | None]:
    """The files read, the campaign and its site, if any."""
    given = [f"--{name.replace('_', '-')}" for name, value in bare.items() if value is not None]
    if campaign_file is not None:
        if given:
            raise UsageError(
                f"{given[0]} is for a forecast without a file", hint=f"write it into {campaign_file} instead"
            )
        found = find_site(campaign_file, site_file)
        site = load_site(found) if found else None
        return [campaign_file, *([found] if found else [])], load_campaign(campaign_file, site), site
    if bare["kind"] is None:
        raise UsageError(
            "forecast needs a campaign file, or --kind and --audience",
            hint="try: spikekit forecast --kind celebrity_post --audience 6.2M",
        )
    site = load_site(site_file) if site_file else None
    return [site_file] if site_file else [], _bare_campaign(bare), site


def _bare_campaign(bare: dict[str, str | float | None]) -> Campaign:
    kinds = [k.value for k in ChannelKind]
    written = str(bare["kind"])
    if written not in kinds:
        raise UsageError(f"{quoted(written)} is not a kind of channel{suggestion(written, kinds, OTHER_NAMES)}")
    figures = {name: value for name, value in bare.items() if isinstance(value, float)}
    return campaign_of(
        ChannelKind(written),
        figures.get("audience"),
        launch=datetime.now(UTC).replace(microsecond=0),
        click_rate=figures.get("click_rate"),
        send_over_seconds=figures.get("send_over", 0.0),
        deliver_over_seconds=figures.get("deliver_over"),
    )
