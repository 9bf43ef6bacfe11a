"""A site as the program thinks of it. ``site.file`` makes these from ``site.yaml``; nothing here knows of HTTP."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from itertools import accumulate
from operator import mul
from pathlib import Path
from typing import Literal

from spikekit.campaign.model import PastCurve
from spikekit.vocabulary import Range

LANDING_STEP = "landing page"
"""What the step that opens the landing page is called, unless it has a name of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """The live site: known, never a target. ``busiest_minute`` (requests/s) held in real life.

    ``replicas``: how many equal servers share its work, for advice on how many more a campaign needs.
    """

    url: str
    busiest_minute: float | None = None
    replicas: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that may ever be sent to a target. ``None`` means no limit was declared."""

    requests_per_second: float | None = None
    duration_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When load is allowed: weekdays (Monday 0) and minutes of the day in an IANA zone; may pass midnight."""

    days: frozenset[int]
    start_minute: int
    end_minute: int
    timezone: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A value that comes from the environment variable ``name`` and is shown only as ``env:NAME``."""

    name: str

    def __str__(self) -> str:
        return f"env:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """How a target's certificate is checked."""

    verify: bool = True
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A place that may be loaded. ``capacity_ratio``: its capacity as a share of production's."""

    name: str
    url: str
    capacity_ratio: Range | None = None
    limits: Limits = field(default_factory=Limits)
    consent: Literal["file", "private"] = "file"
    addresses: tuple[IPv4Network | IPv6Network, ...] = ()
    windows: tuple[Window, ...] = ()
    side_effects: bool = False
    headers: tuple[tuple[str, str | Secret], ...] = ()
    tls: Tls = field(default_factory=Tls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objectives:
    """What holding means. ``latency`` maps a quantile (0.95) to seconds; ratios 0-1; defaults as documented."""

    latency: tuple[tuple[float, float], ...] = ((0.95, 0.8), (0.99, 2.0))
    errors: float = 0.01
    visitors: float = 0.98
    headroom: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What a right answer looks like. No declared status means any below 400."""

    status: tuple[int, ...] = ()
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LognormalPause:
    """Pauses whose half is shorter than the median; ``sigma`` is the spread of their logarithm."""

    median_seconds: float
    sigma: float

    @property
    def mean_seconds(self) -> float:
        return self.median_seconds * math.exp(self.sigma * self.sigma / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeibullPause:
    """Pauses of which 63 % are shorter than ``scale_seconds``; a ``shape`` below 1 means many short ones, some long."""

    scale_seconds: float
    shape: float

    @property
    def mean_seconds(self) -> float:
        return self.scale_seconds * math.gamma(1 + 1 / self.shape)


Pause = LognormalPause | WeibullPause

THINK_SIGMA = 0.6
"""Spread of think times of which only the mean was said: 9 in 10 lie between 0.3 and 2.2 times it (judgement)."""

Pick = Literal["random", "shuffle", "sequence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page of a journey. ``think_seconds`` is the mean of the pause *before* it, ``pause`` how it is spread.

    ``continue_ratio`` is the chance of the step. ``path``, ``form`` and ``json`` may hold ``{placeholders}`` from the
    landing page, data rows and captures; ``data`` names a CSV whose rows fill this step and those after it, ``pick``
    how each visitor gets one; ``host`` names another listed target.
    """

    name: str
    method: str
    path: str
    expect: Expect = field(default_factory=Expect)
    think_seconds: float = 0.0
    pause: Pause | None = None
    continue_ratio: float = 1.0
    data: Path | None = None
    pick: Pick = "random"
    capture: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] | None = None
    json: str | None = None
    headers: tuple[tuple[str, str | Secret], ...] = ()
    assets: Literal["none", "auto"] = "none"
    host: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What a visitor does, page after page; or a Locust User class of the user's own."""

    name: str
    steps: tuple[Step, ...] = ()
    locust: str | None = None

    def reached(self) -> Iterator[tuple[Step, float]]:
        """Each step with the share of visitors who come so far, all going well."""
        return zip(self.steps, accumulate((step.continue_ratio for step in self.steps), mul), strict=True)

    @property
    def pages_per_visitor(self) -> float:
        """The mean number of steps a visitor takes, all going well; 1 for a Locust class, whose pages are its own."""
        return sum(reach for _, reach in self.reached()) or 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalTraffic:
    """What comes anyway, in requests/s on production: a range of hours, or a week's curve (rates by offset)."""

    typical: float | None = None
    busy: float | None = None
    curve: PastCurve | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload:
    """What the impatient do: without an answer for ``after_seconds`` they ask again, at most ``times`` times."""

    after_seconds: float
    times: int


PATIENCE = Range.exact(30.0)
"""How long a visitor waits for a whole page, seconds; most browsers and proxies stop between 30 and 60 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How visitors wait and come: drawn for each visitor from ``patience`` (seconds, two-piece lognormal).

    ``click_ids``: links from places that mark every click carry such a mark, as real ones do.
    """

    patience: Range = PATIENCE
    reload: Reload | None = None
    click_ids: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One ``site.yaml``."""

    name: str
    production: Production | None
    targets: tuple[Target, ...]
    objectives: Objectives
    journeys: tuple[Journey, ...]
    normal_traffic: NormalTraffic | None = None
    habits: Habits = field(default_factory=Habits)
    clearance: float | None = None
    referrers: Path | None = None
    path: Path | None = None

    def target(self, name: str) -> Target | None:
        """The target of that name, or ``None``."""
        return next((t for t in self.targets if t.name == name), None)

    def journey(self, name: str) -> Journey | None:
        """The journey of that name, or ``None``."""
        return next((j for j in self.journeys if j.name == name), None)
