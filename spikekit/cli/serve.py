"""``spikekit serve``: the numbers of every campaign for Prometheus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from spikekit.cli.options import common
from spikekit.cli.parameters import LISTEN

if TYPE_CHECKING:
    from spikekit.metrics.project import ProjectNumbers

SCHEMA = "spikekit.serve/1"
LISTEN_AT = "127.0.0.1:9777"


@click.command()
@click.option("--listen", type=LISTEN, default=LISTEN_AT, show_default=True, metavar="HOST:PORT", help="Where.")
@click.option(
    "--gate",
    "gate_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What `gate --json` printed [gate.json in the state folder].",
)
@common
def command(
    listen: tuple[str, int],
    gate_file: Path | None,
    as_json: bool,
    site_file: Path | None,
    state_dir: Path | None,
    seed: int,
) -> None:
    """Tell Prometheus of every confirmed campaign: forecast for now, peak, chance, capacity, last rehearsal.

    Files and runs are read again when they change, and only what they change is reckoned anew. Only this machine is
    answered unless --listen says otherwise.
    """
    from threading import Event

    from spikekit.cli.running import site_for
    from spikekit.history.state import state_folder
    from spikekit.metrics.endpoint import Endpoint
    from spikekit.metrics.project import ProjectMetrics
    from spikekit.metrics.shipped import page
    from spikekit.serve.following import Following
    from spikekit.serve.place import Place

    path, _site = site_for(Path.cwd() / "here", site_file)
    state = state_folder(Path.cwd(), explicit=state_dir, site_file=path)
    metrics = ProjectMetrics()
    place = Place(site_file=path.resolve(), state=state, seed=seed, gate_file=gate_file)
    following = Following(place, metrics, lambda words: click.echo(f"spikekit: {words}", err=True))
    with Endpoint(listen, [metrics], page=page) as endpoint:
        told = _Told(endpoint.url, path, seed, as_json=as_json)
        click.echo("Reading the project; about a second for each campaign …", err=True)
        following.run(Event(), told.read)


class _Told:
    """Says once where the numbers are, and how many campaigns whenever that changes."""

    def __init__(self, url: str, site_file: Path, seed: int, *, as_json: bool) -> None:
        self._url, self._site_file, self._seed, self._as_json = url, site_file, seed, as_json
        self._campaigns: int | None = None

    def read(self, numbers: ProjectNumbers) -> None:
        """The project was read."""
        first, count = self._campaigns is None, len(numbers.campaigns)
        if first and self._as_json:
            self._print(numbers)
        elif count != self._campaigns and not self._as_json:
            from spikekit.wording import plural

            click.echo(f"Numbers of {numbers.site}, {plural(count, 'confirmed campaign')}: {self._url}")
            if first:
                click.echo("They follow the files. Ctrl-C ends.", err=True)
        self._campaigns = count

    def _print(self, numbers: ProjectNumbers) -> None:
        from datetime import UTC, datetime

        from spikekit.cli.heading import heading
        from spikekit.cli.options import print_document
        from spikekit.files.digest import digest

        inputs = {str(self._site_file): digest(self._site_file)}
        head = heading(SCHEMA, created=datetime.now(UTC), seed=self._seed, inputs=inputs)
        names = [c.id for c in numbers.campaigns]
        print_document({**head, "url": self._url, "site": numbers.site, "campaigns": names})
