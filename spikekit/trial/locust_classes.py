"""The Locust classes among a run's journeys, looked at before anything is sent: usable, and where they would go.

Importing Locust patches a process, and the files are somebody's own code: both happen in a child only.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

from spikekit.errors import Refused, UsageError
from spikekit.guard.addresses import origin_of
from spikekit.site.model import Journey, Site, Target

_LOOK_SECONDS = 60.0


def targets_of_classes(journeys: Sequence[Journey], site: Site) -> list[Target]:
    """The targets that the journeys' classes name themselves. Raises ``UsageError`` for a class that cannot be used,
    ``Refused`` for one that goes to no target of the site."""
    classes = [journey for journey in journeys if journey.locust is not None]
    if not classes:
        return []
    found = []
    for journey, host in zip(classes, _hosts(classes), strict=True):
        if host is not None:
            found.append(_target_at(host, journey, site))
    return found


def _hosts(classes: Sequence[Journey]) -> list[str | None]:
    words = [sys.executable, "-m", "spikekit.engine.locust.check", *(str(journey.locust) for journey in classes)]
    names = ", ".join(journey.name for journey in classes)
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=_LOOK_SECONDS, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise UsageError(f"importing the Locust file of {names} took longer than {_LOOK_SECONDS:.0f} s") from None
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(classes):
        last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise UsageError(f"the Locust file of {names} cannot be imported: {last[0]}")
    for journey, answer in zip(classes, answers, strict=True):
        if "error" in answer:
            raise UsageError(f"journey {journey.name}: {answer['error']}", hint="nothing was sent")
    return [answer["host"] for answer in answers]


def _target_at(host: str, journey: Journey, site: Site) -> Target:
    for target in site.targets:
        if origin_of(target.url) == origin_of(host):
            return target
    raise Refused(
        f"the class of journey {journey.name} goes to {host}, which is no target in site.yaml",
        hint="leave its `host` out: it then goes to the run's own target",
    )
