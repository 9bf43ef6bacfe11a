"""``spikekit profile``: what a rehearsal of a campaign would send."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from spikekit.campaign.file import load_campaign
from spikekit.cli.options import common, print_document
from spikekit.cli.parameters import POSITIVE_DURATION, QUANTILE
from spikekit.errors import UsageError
from spikekit.files.digest import digest
from spikekit.files.echo import suggestion
from spikekit.forecast.forecast import forecast
from spikekit.profile.campaign import DEFAULT_AT, DEFAULT_WINDOW_SECONDS, campaign_profile, scale
from spikekit.profile.document import profile_document
from spikekit.report.profile_words import profile_lines
from spikekit.site.file import find_site, load_site
from spikekit.site.model import Site, Target


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
    seed: int,
    **_: object,
) -> None:
    """Show what a rehearsal of a campaign's busiest window would send to a target; nothing is sent."""
    found = require_site(campaign_file, site_file)
    site = load_site(found)
    campaign = load_campaign(campaign_file, site)
    target = chosen_target(site, target_name)
    profile = campaign_profile(
        forecast(campaign, site=site, seed=seed), at=at, window_seconds=window, target=target, site=site
    )
    if as_json:
        inputs = {str(f): digest(f) for f in (campaign_file, found)}
        created = datetime.now(UTC).isoformat(timespec="seconds")
        print_document(
            profile_document(
                profile, campaign=campaign.id, target=target, site=site, seed=seed, created=created, inputs=inputs
            )
        )
        return
    lines = profile_lines(
        profile,
        name=campaign.name,
        target=target,
        site=site,
        scale=scale(target, site),
        next_command=f"spikekit rehearse {campaign_file}" + (f" --target {target_name}" if target_name else ""),
        paint=lambda text, colour: click.style(text, fg=colour),
    )
    click.echo("\n".join(lines))


def require_site(campaign_file: Path, site_file: Path | None) -> Path:
    """The site of a campaign. Raises ``UsageError`` where there is none."""
    found = find_site(campaign_file, site_file)
    if found is None:
        raise UsageError(
            f"no site.yaml beside {campaign_file} or above it",
            hint="write one (spikekit init DIR), or give --site FILE",
        )
    return found


def chosen_target(site: Site, name: str | None) -> Target:
    """The named target, or the only one. Raises ``UsageError`` where that says nothing."""
    names = [t.name for t in site.targets]
    if name is None and len(names) == 1:
        return site.targets[0]
    if name is None:
        told = f"one of {', '.join(names)}" if names else "a target in site.yaml"
        raise UsageError(f"which target? site.yaml has {len(names)}", hint=f"add --target with {told}")
    target = site.target(name)
    if target is None:
        raise UsageError(f'"{name}" is not a target of the site{suggestion(name, names)}')
    return target
