"""What a run is asked to do: one file from which any process can generate its share of the arrivals.

Secrets stay out of it: a header holds the *name* of an environment variable, which each generator reads from its own
environment.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from spikekit.profile.model import Profile
from spikekit.site.model import Habits, Journey, Objectives, Secret, Tls
from spikekit.stored import text_of, value_of
from spikekit.vocabulary import RunKind

LANES = 64
"""A run's arrivals are drawn in this many independent shares, whatever its workers, so that a share can move."""

DRAIN_SECONDS = 30.0
"""How long visitors already inside may finish after the last arrival."""

MAX_LATENESS_SECONDS = 1.0
"""An arrival the generator is later than this with is dropped, not sent in a burst that nobody planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A target as the engine sees it: where to connect, what to say. ``addresses`` were cleared by the guard."""

    name: str
    scheme: str
    hostname: str
    port: int
    addresses: tuple[str, ...]
    base_path: str = ""
    headers: tuple[tuple[str, str | Secret], ...] = ()
    tls: Tls = field(default_factory=Tls)

    @property
    def authority(self) -> str:
        """What the Host header says."""
        name = f"[{self.hostname}]" if ":" in self.hostname else self.hostname
        default = 443 if self.scheme == "https" else 80
        return name if self.port == default else f"{name}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How a run is sent, whatever it sends: ``even`` arrivals instead of random ones, by how many workers.

    With ``reuse`` visitors take over the connections that others leave, as a proxy does; strangers bring their own.
    ``workers`` are this host's processes; ``join_workers`` more are awaited from other hosts at ``join_at``.
    """

    even: bool = False
    reuse: bool = False
    workers: int = 1
    join_at: str | None = None
    join_workers: int = 0

    @property
    def all_workers(self) -> int:
        """Those of this host and those that join from others."""
        return self.workers + self.join_workers

    @property
    def is_distributed(self) -> bool:
        """Whether a master leads several workers."""
        return self.all_workers > 1

    @property
    def join_address(self) -> tuple[str, int]:
        """Where workers meet the master; port 0 takes any free one."""
        if self.join_at is None:
            return "127.0.0.1", 0
        host, _, port = self.join_at.rpartition(":")
        return host, int(port)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A run, whole: who comes when (``profile``), what they do (``journeys``), where (``hosts``, the first by default).

    ``max_requests_per_second`` is the lowest limit its targets declare, kept by the engine whatever the arrivals do.
    ``asked`` and ``command`` are carried through to the report, so that one command repeats the run.
    """

    id: str
    kind: RunKind
    seed: int
    profile: Profile
    journeys: tuple[Journey, ...]
    hosts: tuple[Host, ...]
    objectives: Objectives
    created: str
    tool_version: str
    campaign: str | None = None
    label: str | None = None
    inputs: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    command: str = ""
    lanes: int = LANES
    sending: Sending = field(default_factory=Sending)
    habits: Habits = field(default_factory=Habits)
    drain_seconds: float = DRAIN_SECONDS
    max_requests_per_second: float | None = None

    def expected_pages(self) -> dict[str, float]:
        """How many times each step is expected to be asked for, if every visitor goes as far as the journeys say."""
        journeys = {journey.name: journey for journey in self.journeys}
        pages: dict[str, float] = {}
        for stream in self.profile.streams:
            for name, share in stream.journey:
                for step, reach in journeys[name].reached():
                    pages[step.name] = pages.get(step.name, 0.0) + stream.curve.total * share * reach
        return pages

    @property
    def methods(self) -> dict[str, str]:
        """The HTTP method of each step by its name."""
        return {step.name: step.method for journey in self.journeys for step in journey.steps}

    def text(self) -> str:
        """As JSON text."""
        return text_of(self)

    @classmethod
    def of_text(cls, text: str) -> Plan:
        """The inverse of ``text``, and of what older versions wrote. Raises ``ValueError``."""
        document = json.loads(text)
        if isinstance(document, dict) and "sending" not in document:
            # Until there was a ``Sending``, its fields lay in the plan itself.
            document["sending"] = {f.name: document.pop(f.name) for f in fields(Sending) if f.name in document}
        return value_of(cls, document)

    def write(self, path: Path) -> None:
        """Save as JSON."""
        path.write_text(text_of(self, indent=1), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Plan:
        """The saved plan. Raises ``ValueError`` for a file that is not one."""
        try:
            return cls.of_text(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{path}: not a plan of this version ({error})") from error
