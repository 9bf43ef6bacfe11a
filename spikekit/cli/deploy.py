"""``spikekit deploy``: everything on one machine with compose, or a rehearsal in Kubernetes with Locust's operator."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spikekit.cli.options import common, print_document, target
from spikekit.cli.spike import at, window

if TYPE_CHECKING:
    from spikekit.trial.asked import Asked

SCHEMA = "spikekit.deploy/1"


@click.group()
def command() -> None:
    """Write what runs spikekit elsewhere; nothing is started or sent."""


@command.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--runbooks", metavar="URL", help="Where your team keeps the runbooks [what `spikekit serve` shows].")
@common
def compose(folder: Path, runbooks: str | None, as_json: bool, site_file: Path | None, seed: int, **_: object) -> None:
    """Write Prometheus, Alertmanager, Grafana and `spikekit serve` as a compose project to DIR.

    Everything answers on this machine alone; the project folder is mounted read-only. Written again, all is replaced
    but your receivers (alertmanager.yaml) and your own lines in .env.
    """
    from spikekit import __version__
    from spikekit.cli.running import digests, site_for
    from spikekit.cli.writing import write_files
    from spikekit.metrics.shipped import compose_files, not_yet_theirs, shipped_files, with_runbooks_at

    path, _site = site_for(Path.cwd() / "here", site_file)
    own = {"SPIKEKIT_PROJECT": str(path.resolve().parent), "SPIKEKIT_VERSION": __version__}
    shipped = ((file, with_runbooks_at(runbooks, text)) for file, text in not_yet_theirs(folder, shipped_files()))
    written = write_files(folder, [*compose_files(), *shipped, (Path(".env"), _settings(folder / ".env", own))])
    if as_json:
        _print(written, digests(path), seed)
        return
    click.echo(f"{len(written)} files in {folder}: Prometheus, Alertmanager, Grafana and spikekit serve.")
    click.echo(f"Next:  cd {folder} && GRAFANA_PASSWORD=… docker compose up --build")


def _settings(file: Path, own: dict[str, str]) -> str:
    """``.env`` with ``own`` variables, as compose reads them literally; lines of others, such as a password, stay."""
    kept = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    theirs = [line for line in kept if line.partition("=")[0].strip() not in own]
    return "\n".join([*(f"{name}={_literal(value)}" for name, value in own.items()), *theirs, ""])


def _literal(value: str) -> str:
    """Between single quotes compose leaves ``$`` and ``#`` alone."""
    escaped = value.replace("'", "\\'")
    return f"'{escaped}'"


@command.command("locust-operator")
@click.argument("campaign", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--image", required=True, help="An image that runs locust and has spikekit.")
@click.option("--workers", type=click.IntRange(min=1, max=500), default=4, show_default=True, help="Pods that send.")
@target
@at
@window
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="[standard output]")
@common
def locust_operator(
    campaign: Path, image: str, workers: int, out: Path | None, as_json: bool, seed: int, **more: Any
) -> None:
    """Write a campaign's rehearsal as manifests of Locust's Kubernetes operator (locust.io/v2).

    The pods ask for permission when the test starts, as everywhere. Secrets are named, never written.
    """
    from spikekit.cli.writing import write_files

    asked = _asked(campaign, seed=seed, **more)
    text = _manifests(asked, image, workers)
    if out is not None:
        write_files(out.parent, [(Path(out.name), text)])
    if as_json:
        _print([str(out)] if out else [], asked.inputs, seed, text=None if out else text)
    elif out is not None:
        click.echo(f"{out}  {asked.campaign} on {asked.target.name}, {workers} workers\nNext:  kubectl apply -f {out}")
    else:
        click.echo(text, nl=False)


def _asked(campaign: Path, *, site_file: Path | None, state_dir: Path | None, window: float, **more: Any) -> Asked:
    from spikekit.campaign.file import load_campaign
    from spikekit.cli.known import known_landing, known_past
    from spikekit.cli.running import digests, site_for, this_command
    from spikekit.engine.plan import Sending
    from spikekit.trial.rehearsal import Rehearsal, asked_rehearsal

    path, site = site_for(campaign, site_file)
    past = known_past(campaign.parent, state_dir=state_dir, site_file=path)
    landing = known_landing(campaign.parent, site, state_dir=state_dir, site_file=path)
    rehearsal = Rehearsal(window_seconds=window, past=past, landing=landing, sending=Sending(), **more)
    declared = load_campaign(campaign, site)
    return asked_rehearsal(rehearsal, declared, site, command=this_command(), inputs=digests(campaign, path))


def _manifests(asked: Asked, image: str, workers: int) -> str:
    from spikekit import __version__
    from spikekit.report.run.locust_operator import operator_manifests
    from spikekit.trial.locustfile import locustfile_text
    from spikekit.wording import count, duration

    what = f"{asked.campaign}: about {count(asked.profile.total)} visitors"
    what += f" in {duration(asked.profile.duration_seconds)} to {asked.target.name}."
    return operator_manifests(
        locustfile_text(asked, name="locustfile.py", what=what),
        subject=asked.campaign or "load",
        what=what,
        command=asked.command,
        image=image,
        workers=workers,
        secrets=_secrets(asked),
        version=__version__,
    )


def _secrets(asked: Asked) -> tuple[str, ...]:
    """The variables that the run's headers name."""
    from spikekit.site.model import Secret
    from spikekit.trial.asked import journeys_of

    steps = (step.headers for journey in journeys_of(asked.profile, asked.site) for step in journey.steps)
    headers = (header for pairs in (asked.target.headers, *steps) for header in pairs)
    return tuple(dict.fromkeys(value.name for _, value in headers if isinstance(value, Secret)))


def _print(files: list[str], inputs: dict[str, str], seed: int, **more: Any) -> None:
    from spikekit.cli.heading import heading

    head = heading(SCHEMA, created=datetime.now(UTC), seed=seed, inputs=inputs)
    print_document({**head, "files": files, **more})
