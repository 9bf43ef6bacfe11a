"""The options every command shares, and the two ways it speaks: words for people, one JSON document for programs."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from spikekit.cli.page import is_standard_output
from spikekit.errors import UsageError
from spikekit.vocabulary import DEFAULT_SEED

F = TypeVar("F", bound=Callable[..., Any])


def _one_on_standard_output(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Of ``--json`` and ``--html``; whichever is read second sees the first."""
    said = {**context.params, str(parameter.name): value}
    if said.get("as_json") and is_standard_output(said.get("html_file")):
        hint = f"name a file: --html {context.info_name}.html"
        raise UsageError("--json and --html - both want standard output", hint=hint)
    return value


as_json = click.option(
    "--json",
    "as_json",
    is_flag=True,
    callback=_one_on_standard_output,
    help="Exactly one JSON document on standard output.",
)
html = click.option(
    "--html",
    "html_file",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    callback=_one_on_standard_output,
    help="Write one HTML file; - for standard output.",
)
target = click.option("--target", help="A target named in site.yaml [the only one].")
landing = click.option("--path", default="/", show_default=True, help="The page visitors land on.")
label = click.option("--label", help="A mark to find the run by, such as a commit.")
workers = click.option("--workers", type=click.IntRange(min=1), default=1, help="Processes on this host that send [1].")
site_file = click.option(
    "--site", "site_file", type=click.Path(path_type=Path, dir_okay=False), help="The site.yaml to use."
)
state_dir = click.option(
    "--state",
    "state_dir",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="SPIKEKIT_STATE",
    help="Where runs are kept [.spikekit beside site.yaml].",
)
seed = click.option("--seed", type=click.IntRange(min=0), default=DEFAULT_SEED, help="Repeat with the same luck.")


def common(command: F) -> F:
    """``--json --site --state --seed`` on a command."""
    for option in (seed, state_dir, site_file, as_json):
        command = option(command)
    return command


def _meeting(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """``HOST:PORT``, or a usage error."""
    host, _colon, port = (value or "").rpartition(":")
    if value is not None and (not host or not port.isdigit() or not 0 < int(port) < 65536):
        raise click.BadParameter(f"expected HOST:PORT such as 192.0.2.10:5557, found {value}")
    return value


_SENDING = ("even", "reuse", "workers", "join_at", "join_workers")


def sending(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--even --workers --join-at --join-workers --label`` on a command, which gets them as its one ``sending``.

    A ``--reuse`` of its own goes in as well.
    """

    @functools.wraps(command)
    def gathered(**given: Any) -> Any:
        from spikekit.engine.plan import Sending

        how = Sending(**{name: given.pop(name) for name in _SENDING if name in given})
        return command(sending=how, **given)

    decorated: Callable[..., Any] = gathered
    for option in (
        label,
        click.option(
            "--join-workers", type=click.IntRange(min=0), default=0, help="Wait for so many workers of other hosts."
        ),
        click.option(
            "--join-at",
            metavar="HOST:PORT",
            callback=_meeting,
            help="Where they join: `spikekit worker HOST:PORT`.",
        ),
        workers,
        click.option("--even", is_flag=True, help="Evenly spaced arrivals instead of random ones."),
    ):
        decorated = option(decorated)
    return decorated


def print_document(document: dict[str, Any]) -> None:
    """The one document of ``--json``. ``NaN`` and infinity are refused: they are not JSON.

    Beyond ASCII everything is escaped: text from servers may hold what no encoding can write.
    """
    click.echo(json.dumps(document, allow_nan=False))
