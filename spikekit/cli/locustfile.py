"""``spikekit locustfile``: a rehearsal or a plain load as a file that plain ``locust -f`` runs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spikekit.cli.options import common, print_document, target
from spikekit.cli.parameters import DURATION, PER_SECOND, POSITIVE_DURATION
from spikekit.cli.spike import at, window
from spikekit.errors import UsageError

if TYPE_CHECKING:
    from spikekit.trial.asked import Asked

SCHEMA = "spikekit.locustfile/1"


@click.command()
@click.argument("campaign", type=click.Path(path_type=Path, dir_okay=False), required=False)
@target
@at
@window
@click.option("--rate", type=PER_SECOND, help="Without a campaign: visitors a second, such as 400/s.")
@click.option("--duration", type=POSITIVE_DURATION, help="Without a campaign: how long, such as 30s.")
@click.option("--ramp", type=DURATION, default="0s", help="Without a campaign: rise to the rate for so long.")
@click.option("--path", help="Without a campaign: the page visitors land on [/].")
@click.option("--journey", help="Without a campaign: the journey of site.yaml they take [that one page].")
@click.option("--even", is_flag=True, help="Evenly spaced arrivals instead of random ones.")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="[standard output]")
@common
def command(campaign: Path | None, site_file: Path | None, as_json: bool, out: Path | None, **more: Any) -> None:
    """Write a run as a file that plain Locust runs: locust -f FILE --headless, or with its web UI.

    The visitors come at the same instants as with spikekit rehearse CAMPAIGN; or, given --rate and --duration
    instead of a campaign, as with spikekit load. Nothing is sent now, so that normal traffic is reckoned without a
    look at the site's pages. The file holds no secret.
    """
    from spikekit.cli.heading import heading
    from spikekit.history.atomic import write_atomically
    from spikekit.trial.locustfile import locustfile_text
    from spikekit.wording import count, duration

    asked = _asked(campaign, site_file, more)
    what = f"{asked.campaign or 'A plain load'}: about {count(asked.profile.total)} visitors"
    what += f" in {duration(asked.profile.duration_seconds)} to {asked.target.name}."
    text = locustfile_text(asked, name=out.name if out else "FILE", what=what)
    if out is not None:
        write_atomically(out, text, option="--out")
    if as_json:
        head = heading(SCHEMA, created=datetime.now(UTC), seed=asked.seed, inputs=asked.inputs)
        print_document({**head, "what": what, "file": str(out) if out else None, "text": None if out else text})
    elif out is not None:
        click.echo(f"{out}  {what}\nNext:  locust -f {out} --headless")
    else:
        click.echo(text, nl=False)


def _asked(campaign: Path | None, site_file: Path | None, more: dict[str, Any]) -> Asked:
    from spikekit.cli.running import digests, site_for, this_command
    from spikekit.engine.plan import Sending

    figures = [more["rate"] is not None, more["duration"] is not None]
    if any(figures) if campaign is not None else not all(figures):
        raise UsageError(
            "what is to be sent? a campaign, or --rate and --duration",
            hint="spikekit locustfile campaigns/fry.yaml --out fry.py",
        )
    path, site = site_for(campaign or Path.cwd() / "here", site_file)
    words = {"target": more["target"], "seed": more["seed"], "sending": Sending(even=more["even"])}
    if campaign is None:
        from spikekit.trial.plain import PlainLoad, asked_load

        words |= {name: more[name] for name in ("rate", "journey")}
        load = PlainLoad(
            duration_seconds=more["duration"], ramp_seconds=more["ramp"], path=more["path"] or "/", **words
        )
        return asked_load(load, site, command=this_command(), inputs=digests(path))
    from spikekit.campaign.file import load_campaign
    from spikekit.cli.known import known_landing, known_past
    from spikekit.trial.rehearsal import Rehearsal, asked_rehearsal

    past = known_past(campaign.parent, state_dir=more["state_dir"], site_file=path)
    landing = known_landing(campaign.parent, site, state_dir=more["state_dir"], site_file=path)
    rehearsal = Rehearsal(window_seconds=more["window"], at=more["at"], past=past, landing=landing, **words)
    declared = load_campaign(campaign, site)
    return asked_rehearsal(rehearsal, declared, site, command=this_command(), inputs=digests(campaign, path))
