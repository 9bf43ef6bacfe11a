"""What ``load`` and ``rehearse`` share: find the site, announce, run with progress, show the verdict."""

from __future__ import annotations

import os
import shlex
import sys
from math import ceil
from pathlib import Path

from spikekit.cli.colour import broken, echo
from spikekit.cli.exporting import Exporting, both
from spikekit.cli.options import print_document
from spikekit.cli.progress import RunProgress
from spikekit.errors import UsageError
from spikekit.files.digest import digest
from spikekit.files.echo import escaped
from spikekit.report.run.terminal import summary
from spikekit.site.file import find_site, load_site
from spikekit.site.model import Site
from spikekit.trial.asked import Asked
from spikekit.trial.expectation import Expectation
from spikekit.trial.run import run_trial
from spikekit.vocabulary import ExitCode

_CLOSE_TO_LIMIT = 0.9
"""Arrivals come at random: closer to a limit than this, some of them find it used up (judgement)."""


def site_for(start: Path, explicit: Path | None) -> tuple[Path, Site]:
    """The site file of a campaign or of the current folder, and what it says. Raises ``UsageError``."""
    path = find_site(start, explicit)
    if path is None:
        raise UsageError(
            "no site.yaml here or above: load goes only to targets it names",
            hint="`spikekit init DIR` writes one to start from, or name it with --site FILE",
        )
    return path, load_site(path)


def digests(*paths: Path) -> dict[str, str]:
    """The fingerprints of what a run was made from."""
    return {str(path): digest(path) for path in paths}


def this_command() -> str:
    """The command line that repeats this run."""
    return shlex.join(["spikekit", *(a for a in sys.argv[1:] if a != "--json")])


def run_and_show(asked: Asked, *, state: Path, as_json: bool, exporting: Exporting) -> ExitCode:
    """Run it, show it, and say it in the exit code."""
    with exporting.metrics() as metrics:
        with RunProgress() as progress:
            run = run_trial(
                asked,
                state,
                environ=os.environ,
                on_expectation=lambda expected: progress.say(broken(announcement(asked, expected))),
                on_second=both(progress.show, metrics),
            )
        if as_json:
            print_document(run.document())
        else:
            echo(summary(run))
        if metrics is not None and not run.interrupted:
            metrics.conclude(run.visitors)
    return run.exit_code


def announcement(asked: Asked, expected: Expectation) -> str:
    """What will be sent, before it is; each matter in one line."""
    length = asked.profile.duration_seconds
    text = (
        f"Sending about {expected.visitors:,.0f} visitors ({_requests(expected)}; "
        f"about {ceil(round(expected.requests_per_second, 6)):,} requests/s at the peak; {_weight(expected)}) "
        f"to {asked.target.name} at {asked.target.url} in {length:.0f} s."
    )
    changes = "; ".join(f"{name} about {count:,.0f} times" for name, count in expected.side_effects)
    text += f"\nThis changes things there: {changes}." if changes else ""
    limit = asked.target.limits.requests_per_second
    if limit is not None and expected.requests_per_second > _CLOSE_TO_LIMIT * limit:
        text += f"\nThat is close to the {limit:,.0f} requests/s allowed there: who finds them used up is not sent."
    unseen = escaped(", ".join(expected.unseen))
    each = f"{asked.pages.unseen:.0f} requests with all it needs"
    return text + (f"\nNobody looked at {unseen} before: each is taken for {each}." if unseen else "")


def _files(expected: Expectation) -> float:
    return expected.requests - expected.pages


def _weight(expected: Expectation) -> str:
    """Of pages alone: what their files weigh nobody has looked at."""
    alone = ", their files not counted" if _files(expected) >= 1 else ""
    return f"{_size(expected.page_bytes)} of pages{alone}"


def _requests(expected: Expectation) -> str:
    files = _files(expected)
    return f"{expected.requests:,.0f} requests" + (
        f": {expected.pages:,.0f} pages and {files:,.0f} styles, scripts and images" if files >= 1 else ""
    )


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"about {count:,.0f} {unit}"
        count /= 1000
    return ""
