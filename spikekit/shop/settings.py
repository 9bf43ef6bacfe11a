"""What the shop can be told on its command line, and the capacity that follows from it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spikekit.shop.capacity import Capacity, Collapse, RateLimit, Slots, Stall, Unlimited
from spikekit.shop.changing import Degrading, Scaling, Warming


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A shop. The default holds 800 pages/s: 40 slots of 50 ms each.

    ``port`` 0 takes any free one. ``slots`` None: no limit. ``queue`` None: any number may wait. ``consent`` is the
    name that ``/.well-known/spikekit-consent`` answers (None: 404). ``with_parent``: end when standard input closes.

    ``slow``: paths that take so many times as long. ``cold``: how many times slower all is for ``warm_up_seconds``
    after idle. ``replicas``: how far it grows under load, one every ``replica_seconds``. ``doubling_seconds``: by when
    it has become twice as slow. ``apologize``: whoever is turned away gets status 200. ``blocked``: everybody gets 403.
    """

    port: int = 0
    slots: int | None = 40
    service_seconds: float = 0.05
    queue: int | None = None
    rate_limit: float | None = None
    collapse: bool = False
    stall: bool = False
    slow: tuple[tuple[str, float], ...] = ()
    cold: float | None = None
    warm_up_seconds: float = 20.0
    replicas: int = 1
    replica_seconds: float = 10.0
    doubling_seconds: float | None = None
    apologize: bool = False
    blocked: bool = False
    assets_in_slots: bool = False
    consent: str | None = "bookshop"
    access_log: Path | None = None
    with_parent: bool = False

    @property
    def pages_per_second(self) -> float | None:
        """The capacity known by construction, of pages that take the usual time; None when there is no limit."""
        slots = None if self.slots is None else self.slots * self.replicas / self.service_seconds
        known = [limit for limit in (slots, self.rate_limit) if limit is not None]
        return min(known, default=None)

    def capacity(self) -> Capacity:
        """A fresh capacity of this kind."""
        capacity: Capacity = Unlimited()
        if self.slots is not None:
            slots = Slots(self.slots, self.service_seconds, queue=self.queue)
            capacity = Collapse(slots) if self.collapse else slots
            if self.replicas > 1:
                capacity = Scaling(slots, self.replicas, self.replica_seconds)
        if self.cold is not None:
            capacity = Warming(capacity, self.cold, self.warm_up_seconds)
        if self.doubling_seconds is not None:
            capacity = Degrading(capacity, self.doubling_seconds)
        if self.stall:
            capacity = Stall(capacity)
        if self.rate_limit is not None:
            capacity = RateLimit(capacity, self.rate_limit)
        return capacity

    def work(self, path: str) -> float:
        """How many times the usual service time a request for this path takes."""
        return next((times for slow, times in self.slow if slow == path), 1.0)

    def arguments(self) -> list[str]:
        """The command line that ``settings_from`` reads back as these settings."""
        words = [
            *("--port", str(self.port)),
            *("--slots", "unlimited" if self.slots is None else str(self.slots)),
            *("--service", f"{self.service_seconds!r}s"),
            *("--queue", "unbounded" if self.queue is None else str(self.queue)),
            f"--consent={'none' if self.consent is None else self.consent}",
        ]
        if self.rate_limit is not None:
            words += ["--rate-limit", repr(self.rate_limit)]
        if self.access_log is not None:
            words.append(f"--access-log={self.access_log}")
        if self.cold is not None:
            words += ["--cold", repr(self.cold)]
        if self.doubling_seconds is not None:
            words += ["--doubling", f"{self.doubling_seconds!r}s"]
        words += [f"--slow={path}={times!r}" for path, times in self.slow]
        words += ["--warm-up", f"{self.warm_up_seconds!r}s"]
        words += ["--replicas", str(self.replicas), "--replica-after", f"{self.replica_seconds!r}s"]
        flags = {
            "--apologize": self.apologize,
            "--blocked": self.blocked,
            "--collapse": self.collapse,
            "--stall": self.stall,
            "--assets-in-slots": self.assets_in_slots,
            "--with-parent": self.with_parent,
        }
        return words + [flag for flag, given in flags.items() if given]


def settings_from(words: Sequence[str]) -> Settings:
    """The settings a command line asks for; exits with code 2 and a usage message when it cannot be meant."""
    said = vars(_parser().parse_args(words))
    return Settings(**{**said, "slow": tuple(said["slow"])})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m spikekit.shop", description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    add("--port", type=_port, default=8008, help="port on 127.0.0.1; 0 takes any free one [8008]")
    add("--slots", type=_slots, default=40, metavar="N|unlimited", help="requests served at once [40]")
    add("--service", dest="service_seconds", type=_seconds, default=0.05, metavar="50ms", help="time each takes [50ms]")
    add("--queue", type=_queue, metavar="N|unbounded", help="how many may wait; 503 to the rest [unbounded]")
    add("--rate-limit", type=_positive, metavar="R", help="429 above R requests/s")
    add("--collapse", action="store_true", help="get slower the more are waiting")
    add("--stall", action="store_true", help="stand still for 0.8 s in every 8 s")
    add("--slow", type=_slow, action="append", default=[], metavar="PATH=N", help="this path takes N times as long")
    add("--cold", type=_positive, metavar="N", help="N times slower at first, and after a minute's idleness")
    add("--warm-up", dest="warm_up_seconds", type=_seconds, default=20.0, metavar="20s", help="until it is warm [20s]")
    add("--replicas", type=_replicas, default=1, metavar="N", help="grow up to N times the slots under load [1]")
    add("--replica-after", dest="replica_seconds", type=_seconds, default=10.0, metavar="10s", help="one takes so long")
    add("--doubling", dest="doubling_seconds", type=_seconds, metavar="300s", help="twice as slow after so long")
    add("--apologize", action="store_true", help="turn away with a friendly page and status 200")
    add("--blocked", action="store_true", help="answer 403 to everybody, as a bot wall does")
    add("--assets-in-slots", action="store_true", help="styles, images and /health need a slot too")
    add("--consent", type=_consent, default="bookshop", metavar="NAME|none", help="site name of the consent file")
    add("--access-log", type=Path, metavar="FILE", help="write a log in nginx's combined format")
    add("--with-parent", action="store_true", help="end when standard input closes")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, found {text}")
    return int(text)


def _slots(text: str) -> int | None:
    if text == "unlimited":
        return None
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1, or unlimited; found {text}")
    return int(text)


def _queue(text: str) -> int | None:
    if text == "unbounded":
        return None
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a number from 0, or unbounded; found {text}")
    return int(text)


def _replicas(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1, found {text}")
    return int(text)


def _slow(text: str) -> tuple[str, float]:
    path, _, times = text.rpartition("=")
    if not path.startswith("/"):
        raise argparse.ArgumentTypeError(f"expected a path and a number such as /basket=4, found {text}")
    return path, _positive(times)


def _positive(text: str) -> float:
    if not re.fullmatch(r"\d+(\.\d+)?(e[+-]?\d+)?", text) or not 0 < float(text) < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number above zero, found {text}")
    return float(text)


def _seconds(text: str) -> float:
    number, unit = (text[:-2], 1e-3) if text.endswith("ms") else (text.removesuffix("s"), 1.0)
    return _positive(number) * unit


def _consent(text: str) -> str | None:
    return None if text == "none" else text
