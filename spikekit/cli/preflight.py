"""``spikekit preflight``: looks before any load."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spikekit.cli.colour import echo
from spikekit.cli.options import common, print_document, target
from spikekit.cli.parameters import QUANTILE
from spikekit.vocabulary import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from spikekit.preflight.finding import Finding
    from spikekit.preflight.strength import Need
    from spikekit.trial.asked import Asked

SCHEMA = "spikekit.preflight/1"
_SIGNS = {"fine": ("✔", "green"), "warning": ("▲", "yellow"), "problem": ("✘", "red")}
_WIDTH = 80


@click.command()
@click.argument("campaign", required=False, type=click.Path(path_type=Path, dir_okay=False))
@target
@click.option("--at", type=QUANTILE, default="p90", help="Which spike the machine must be strong enough for [p90].")
@click.option("--path", default="/", help="The page to look at without a campaign [/].")
@common
def command(
    campaign: Path | None,
    target: str | None,
    at: float,
    path: str,
    site_file: Path | None,
    state_dir: Path | None,
    as_json: bool,
    seed: int,
) -> ExitCode:
    """Look before any load: may the target be loaded, what does each visitor cost it, is this machine strong enough?

    Sends two dozen requests at most to the target, one after the other, and a few seconds of load to a stub here.
    """
    from rich.console import Console

    from spikekit.preflight.calibration import calibrate
    from spikekit.preflight.strength import machine_findings
    from spikekit.preflight.target import look_at_target

    asked, need_of = _asked(campaign, target, at, path, site_file, state_dir, seed)
    with Console(stderr=True).status(f"looking at {asked.target.name}, then at this machine …"):
        looked = look_at_target(asked, need_of, os.environ, now=datetime.now(UTC))
        calibration = calibrate()
        here = list(machine_findings(asked, looked.need, calibration))
    weak = looked.code is ExitCode.DONE and any(f.weight == "problem" for f in here)
    if as_json:
        print_document(
            {
                **_head(asked, seed),
                "requests_sent": looked.requests,
                "worker_visitors_per_second": calibration.visitors_per_second,
                "findings": [_plain(finding) for finding in (*looked.findings, *here)],
            }
        )
    else:
        echo("\n".join(_lines(asked, looked.findings, here)))
    return ExitCode.INCONCLUSIVE if weak else looked.code


def _asked(
    campaign: Path | None,
    target: str | None,
    at: float,
    path: str,
    site_file: Path | None,
    state_dir: Path | None,
    seed: int,
) -> tuple[Asked, Callable[[Asked], Need | None]]:
    """The run to be, and what it needs of this machine; a bare target needs nothing in particular."""
    from spikekit.campaign.file import load_campaign
    from spikekit.cli.known import known_landing, known_past
    from spikekit.cli.running import digests, site_for, this_command
    from spikekit.preflight.strength import Need
    from spikekit.trial.plain import PlainLoad, asked_load
    from spikekit.trial.rehearsal import Rehearsal, asked_rehearsal

    site_path, site = site_for(campaign or Path.cwd() / "here", site_file)
    if campaign is None:
        load = PlainLoad(rate=1, duration_seconds=1, target=target, path=path, seed=seed)
        return asked_load(load, site, command=this_command(), inputs=digests(site_path)), lambda _asked: None
    declared = load_campaign(campaign, site)
    past = known_past(campaign.parent, state_dir=state_dir, site_file=site_path)
    landing = known_landing(campaign.parent, site, state_dir=state_dir, site_file=site_path)
    rehearsal = Rehearsal(target=target, at=at, seed=seed, past=past, landing=landing)
    asked = asked_rehearsal(rehearsal, declared, site, command=this_command(), inputs=digests(campaign, site_path))
    return asked, lambda seen: Need.of(seen, declared.launch)


def _head(asked: Asked, seed: int) -> dict[str, Any]:
    from spikekit.cli.heading import heading

    head = heading(SCHEMA, created=datetime.now(UTC), seed=seed, inputs=asked.inputs)
    return {**head, "target": asked.target.name, "campaign": asked.campaign}


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "name": finding.name,
        "weight": finding.weight,
        "text": finding.text,
        "hint": finding.hint,
        "figures": dict(finding.figures),
    }


def _lines(asked: Asked, there: tuple[Finding, ...], here: list[Finding]) -> list[str]:
    from spikekit.report.screen import wrapped

    return [
        *wrapped(_sentence(asked, [*there, *here])),
        f"\n {asked.target.name}",
        *(line for finding in there for line in _shown(finding)),
        "\n this machine",
        *(line for finding in here for line in _shown(finding)),
    ]


def _sentence(asked: Asked, found: list[Finding]) -> str:
    problems = sum(f.weight == "problem" for f in found)
    warnings = sum(f.weight == "warning" for f in found)
    if problems:
        return f"Not ready to send to {asked.target.name}: {problems} thing{'s' * (problems != 1)} in the way."
    told = f"; {warnings} thing{'s' * (warnings != 1)} to know first" if warnings else ""
    return f"Ready to send to {asked.target.name}{told}."


def _shown(finding: Finding) -> list[str]:
    sign, colour = _SIGNS[finding.weight]
    from spikekit.report.screen import wrapped

    first, *rest = wrapped(finding.text, width=_WIDTH - 4, whole=False)
    hint = wrapped(finding.hint, width=_WIDTH - 7) if finding.hint else []
    return [
        f" {click.style(sign, fg=colour)}  {first}",
        *(f"    {line}" for line in rest),
        *(f"    {'→ ' if number == 0 else '  '}{line}" for number, line in enumerate(hint)),
    ]
