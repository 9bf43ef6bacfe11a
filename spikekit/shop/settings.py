"""What the shop can be told on its command line, and the capacity that follows from it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spikekit.shop.capacity import Capacity, Collapse, RateLimit, Slots, Stall, Unlimited


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A shop. The default holds 800 pages/s: 40 slots of 50 ms each.

    ``port`` 0 takes any free one. ``slots`` None: no limit. ``queue`` None: any number may wait. ``consent`` is the
    name that ``/.well-known/spikekit-consent`` answers (None: 404). ``with_parent``: end when standard input closes.
    """

    port: int = 0
    slots: int | None = 40
    service_seconds: float = 0.05
    queue: int | None = None
    rate_limit: float | None = None
    collapse: bool = False
    stall: bool = False
    assets_in_slots: bool = False
    consent: str | None = "bookshop"
    access_log: Path | None = None
    with_parent: bool = False

    @property
    def pages_per_second(self) -> float | None:
        """The capacity known by construction; None when there is no limit."""
        slots = None if self.slots is None else self.slots / self.service_seconds
        known = [limit for limit in (slots, self.rate_limit) if limit is not None]
        return min(known, default=None)

    def capacity(self) -> Capacity:
        """A fresh capacity of this kind."""
        capacity: Capacity = Unlimited()
        if self.slots is not None:
            slots = Slots(self.slots, self.service_seconds, queue=self.queue)
            capacity = Collapse(slots) if self.collapse else slots
        if self.stall:
            capacity = Stall(capacity)
        if self.rate_limit is not None:
            capacity = RateLimit(capacity, self.rate_limit)
        return capacity

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
        flags = {
            "--collapse": self.collapse,
            "--stall": self.stall,
            "--assets-in-slots": self.assets_in_slots,
            "--with-parent": self.with_parent,
        }
        return words + [flag for flag, given in flags.items() if given]


def settings_from(words: Sequence[str]) -> Settings:
    """The settings a command line asks for; exits with code 2 and a usage message when it cannot be meant."""
    return Settings(**vars(_parser().parse_args(words)))


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


def _positive(text: str) -> float:
    if not re.fullmatch(r"\d+(\.\d+)?(e[+-]?\d+)?", text) or not 0 < float(text) < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number above zero, found {text}")
    return float(text)


def _seconds(text: str) -> float:
    number, unit = (text[:-2], 1e-3) if text.endswith("ms") else (text.removesuffix("s"), 1.0)
    return _positive(number) * unit


def _consent(text: str) -> str | None:
    return None if text == "none" else text
