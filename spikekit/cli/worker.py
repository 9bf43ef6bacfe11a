"""``spikekit worker HOST:PORT``: lend this machine to a run that another one leads."""

from __future__ import annotations

import os
from pathlib import Path

import click

from spikekit.cli.options import common
from spikekit.errors import UsageError
from spikekit.vocabulary import ExitCode


@click.command()
@click.argument("master", metavar="HOST:PORT")
@common
def command(master: str, site_file: Path | None, **_: object) -> ExitCode:
    """Join a run that another machine leads with --join-at and --join-workers.

    This machine has its own say: it sends only to targets that its own site.yaml names and permits, and reads secrets
    from its own environment. The connection is Locust's, neither encrypted nor authenticated: use it in a network you
    trust, or through a tunnel (docs/scale.md).
    """
    from spikekit.cli.running import site_for
    from spikekit.engine.process import join_run
    from spikekit.trial.permission import own_admission

    host, _colon, port = master.rpartition(":")
    if not host or not port.isdigit():
        raise UsageError(f'expected HOST:PORT, found "{master}"', hint="such as 192.0.2.10:5557")
    _path, site = site_for(Path.cwd() / "here", site_file)
    admission = own_admission(site, os.environ)
    names = ", ".join(h.name for h in admission.hosts)
    click.echo(f"Joining {master}; this machine may load {names}.", err=True)
    return ExitCode(join_run(host, int(port), admission))
