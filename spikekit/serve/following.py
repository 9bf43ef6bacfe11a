"""Keeping the numbers up to date while they are served."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

from spikekit.errors import SpikekitError
from spikekit.metrics.project import ProjectMetrics, ProjectNumbers
from spikekit.serve.answers import Answers
from spikekit.serve.numbers import Tell, project_numbers
from spikekit.serve.place import Fingerprint, Place

LOOK_EVERY_SECONDS = 10.0
"""Files are looked at this often; they are read again only when one of them changed."""

LOOKING_SHARE = 20
"""A folder of very many files takes long to look at: never more than a twentieth of the time goes into that."""

READ_EVERY_SECONDS = 3600.0
"""Read again even so: evidence ages, and campaigns pass."""


class Following:
    """Reads a project into ``metrics``, and again whenever its files change."""

    def __init__(self, place: Place, metrics: ProjectMetrics, tell: Tell) -> None:
        self._place = place
        self._metrics = metrics
        self._tell = tell
        self._seen: Fingerprint | None = None
        self._read_at = float("-inf")
        self._told: set[str] = set()
        self._answers = Answers()
        self._looking_seconds = 0.0

    def look(self) -> ProjectNumbers | None:
        """Read the project if anything changed; what was read, or ``None``. A project without sense changes nothing."""
        now, seen = time.monotonic(), self._place.fingerprint()
        self._looking_seconds = time.monotonic() - now
        if seen == self._seen and now - self._read_at < READ_EVERY_SECONDS:
            return None
        self._seen, self._read_at = seen, now
        said: set[str] = set()
        try:
            numbers = project_numbers(self._place, said.add, self._answers)
            self._metrics.show(numbers)
        except SpikekitError as error:
            said.add(f"the numbers stay as they were: {error.message}")
            numbers = None
        for words in sorted(said - self._told):
            self._tell(words)
        self._told = said
        return numbers

    def run(self, stop: Event, on_read: Callable[[ProjectNumbers], object]) -> None:
        """Look again and again until somebody stops it."""
        while True:
            numbers = self.look()
            if numbers is not None:
                on_read(numbers)
            if stop.wait(max(LOOK_EVERY_SECONDS, LOOKING_SHARE * self._looking_seconds)):
                return
