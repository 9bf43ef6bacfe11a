"""``spikekit preflight``: looks before any load."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spikekit.cli.colour import echo
from spikekit.cli.options import common, print_document
from spikekit.cli.parameters import QUANTILE
from spikekit.vocabulary import ExitCode

if TYPE_CHECKING:
    from spikekit.preflight.finding import Finding
    from spikekit.preflight.look import Need
    from spikekit.trial.asked import Asked

SCHEMA = "spikekit.preflight/1"
_SIGNS = {"fine": ("✔", "green"), "warning": ("▲", "yellow"), "problem": ("✘", "red")}


@click.command()
@click.argument("campaign", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--target", help="A target named in site.yaml [the only one].")
@click.option("--at", type=QUANTILE, default="p90", help="Which spike the machine must be strong enough for [p90].")
@common
def command(
    campaign: Path | None,
    target: str | None,
    at: float,
    site_file: Path | None,
    state_dir: Path | None,
    as_json: bool,
    seed: int,
) -> ExitCode:
    """Look before any load: may the target be loaded, does it answer, and is this machine strong enough?

    Sends one page request to the target, and a few seconds of load to a stub on this machine.
    """
    from spikekit.cli.heading import heading
    from spikekit.preflight.calibration import calibrate
    from spikekit.preflight.look import machine_findings, permission_findings

    asked, need = _asked(campaign, target, at, site_file, state_dir, seed)
    looked = list(permission_findings(asked, os.environ))
    found = [finding for finding, _code in looked]
    code = max(code for _finding, code in looked)
    calibration = calibrate()
    found += machine_findings(asked, need, calibration)
    if code is ExitCode.DONE and any(f.weight == "problem" for f in found):
        code = ExitCode.INCONCLUSIVE
    if as_json:
        head = heading(SCHEMA, created=datetime.now(UTC), seed=seed, inputs=asked.inputs)
        findings = [{"name": f.name, "weight": f.weight, "text": f.text, "hint": f.hint} for f in found]
        rate = calibration.visitors_per_second
        print_document({**head, "target": asked.target.name, "worker_visitors_per_second": rate, "findings": findings})
    else:
        echo("\n".join(_lines(asked, found)))
    return code


def _asked(
    campaign: Path | None, target: str | None, at: float, site_file: Path | None, state_dir: Path | None, seed: int
) -> tuple[Asked, Need | None]:
    """The run to be, and what it needs of this machine; a bare target needs nothing in particular."""
    from spikekit.campaign.file import load_campaign
    from spikekit.cli.known import known_past
    from spikekit.cli.running import digests, site_for, this_command
    from spikekit.preflight.look import Need
    from spikekit.trial.plain import PlainLoad, asked_load
    from spikekit.trial.rehearsal import Rehearsal, asked_rehearsal

    path, site = site_for(campaign or Path.cwd() / "here", site_file)
    if campaign is None:
        load = PlainLoad(rate=1, duration_seconds=1, target=target, seed=seed)
        return asked_load(load, site, command=this_command(), inputs=digests(path)), None
    declared = load_campaign(campaign, site)
    past = known_past(campaign.parent, state_dir=state_dir, site_file=path)
    rehearsal = Rehearsal(target=target, at=at, seed=seed, past=past)
    asked = asked_rehearsal(rehearsal, declared, site, command=this_command(), inputs=digests(campaign, path))
    peak = asked.profile.peak
    need = Need(
        visitors_per_second=peak, pages_per_second=asked.requests_per_second, inside=peak * site.habits.patience.likely
    )
    return asked, need


def _lines(asked: Asked, found: list[Finding]) -> list[str]:
    problems = sum(f.weight == "problem" for f in found)
    lines = [
        f"Ready to send to {asked.target.name}."
        if not problems
        else f"Not ready to send to {asked.target.name}: {problems} thing{'s' * (problems != 1)} in the way."
    ]
    for finding in found:
        sign, colour = _SIGNS[finding.weight]
        lines.append(f" {click.style(sign, fg=colour)} {finding.text}")
        if finding.hint:
            lines.append(f"     {finding.hint}")
    return lines
