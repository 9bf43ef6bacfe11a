"""``spikekit profile``: what a rehearsal of a campaign would send."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from spikekit.campaign.file import load_campaign
from spikekit.cli.colour import echo
from spikekit.cli.heading import heading
from spikekit.cli.known import known_landing, known_past
from spikekit.cli.options import common, print_document
from spikekit.cli.parameters import POSITIVE_DURATION, QUANTILE
from spikekit.errors import UsageError
from spikekit.files.digest import digest
from spikekit.forecast.forecast import forecast
from spikekit.guard.permit import named_target
from spikekit.profile.campaign import DEFAULT_AT, DEFAULT_WINDOW_SECONDS, campaign_profile, scale
from spikekit.profile.document import SCHEMA, profile_document
from spikekit.report.chart.terminal import inked
from spikekit.report.forecast.profile import profile_lines
from spikekit.site.file import find_site, load_site


@click.command()
@click.argument("campaign_file", metavar="CAMPAIGN", type=click.Path(path_type=Path))
@click.option("--at", type=QUANTILE, default=DEFAULT_AT, show_default="p90", help="How bad a case, such as p90.")
@click.option("--window", type=POSITIVE_DURATION, default=DEFAULT_WINDOW_SECONDS, show_default="5m", help="How long.")
@click.option("--target", "target_name", help="A target of site.yaml [its only one].")
@common
def command(
    campaign_file: Path,
    at: float,
    window: float,
    target_name: str | None,
    as_json: bool,
    site_file: Path | None,
    state_dir: Path | None,
    seed: int,
) -> None:
    """Show what a rehearsal of a campaign's busiest window would send to a target; nothing is sent."""
    found = _site_file(campaign_file, site_file)
    site = load_site(found)
    campaign = load_campaign(campaign_file, site)
    target = named_target(site, target_name)
    past = known_past(campaign_file.parent, state_dir=state_dir, site_file=found)
    landing = known_landing(campaign_file.parent, site, state_dir=state_dir, site_file=found)
    drawn = forecast(campaign, site=site, seed=seed, past=past, landing=landing)
    profile = campaign_profile(drawn, at=at, window_seconds=window, target=target, site=site)
    if as_json:
        inputs = {str(f): digest(f) for f in (campaign_file, found)}
        first = heading(SCHEMA, created=datetime.now(UTC), seed=seed, inputs=inputs)
        print_document(profile_document(profile, first, campaign=campaign.id, target=target, site=site))
        return
    lines = profile_lines(
        profile,
        name=campaign.name,
        target=target,
        site=site,
        scale=scale(target, site),
        next_command=f"spikekit rehearse {campaign_file}" + (f" --target {target_name}" if target_name else ""),
        paint=inked,
    )
    echo("\n".join(lines))


def _site_file(campaign_file: Path, site_file: Path | None) -> Path:
    """The site of a campaign. Raises ``UsageError`` where there is none."""
    found = find_site(campaign_file, site_file)
    if found is None:
        raise UsageError(
            f"no site.yaml beside {campaign_file} or above it",
            hint="write one (spikekit init DIR), or give --site FILE",
        )
    return found
