"""Values on the command line, read by the very parsers that read files: ``6.2M``, ``2.6%``, ``20m``, ``p90``."""

from __future__ import annotations

import re
from typing import Any, Literal

import click

from spikekit.files import quantity, value
from spikekit.files.echo import quoted
from spikekit.files.schema import Written


class Scalar(click.ParamType):  # type: ignore[type-arg]  # generic in click 8.3 only
    """A value written as in a file; a wrong one is told in the same words."""

    def __init__(self, name: str, written: Written[float]) -> None:
        self.name = name
        self.written = written

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        try:
            return self.written.parse(str(value))
        except ValueError as note:
            hint = f"; {note}" if str(note) else ""
            self.fail(f"expected {self.written.expected}, found {quoted(str(value))}{hint}", param, ctx)


def _quantile(text: str) -> float:
    """``p90``, ``p99.9``, ``90%`` or ``0.9``, as a ratio strictly between 0 and 1."""
    match = re.fullmatch(r"[pP]([0-9]{1,2}(?:\.[0-9]{1,6})?)", text)
    ratio = float(match[1]) / 100 if match else quantity.ratio(text)
    if not 0 < ratio < 1:
        raise ValueError("it lies between 0 and 1")
    return ratio


def _rate(text: str) -> float:
    return value.PER_SECOND.parse(text.removesuffix("/s"))


class Capacity(click.ParamType):  # type: ignore[type-arg]  # generic in click 8.3 only
    """A rate in visitors/s (``50``, ``50/s``), or in requests/s where it says so (``800requests/s``)."""

    name = "rate"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, Literal["visitors", "requests"]]:
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"(.*?)\s*(visitors?|requests?|req|rps)?(?:/s)?", str(value))
        written, unit = (match[1], match[2]) if match else (str(value), None)
        rate = PER_SECOND.convert(written, param, ctx)
        return rate, "requests" if unit and unit.startswith("r") else "visitors"


class Listen(click.ParamType):  # type: ignore[type-arg]  # generic in click 8.3 only
    """Where to listen: ``HOST:PORT``, or a port alone on this machine; port 0 takes any free one."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        if isinstance(value, tuple):
            return value
        host, _colon, port = str(value).rpartition(":")
        if not port.isascii() or not port.isdigit() or int(port) > 65535:
            self.fail(f"expected HOST:PORT such as 127.0.0.1:9777, found {quoted(str(value))}", param, ctx)
        return host.strip("[]") or "127.0.0.1", int(port)


COUNT = Scalar("count", value.COUNT)
SHARE = Scalar("share", value.POSITIVE_SHARE)
DURATION = Scalar("duration", value.DURATION)
POSITIVE_DURATION = Scalar("duration", value.POSITIVE_DURATION)
PER_SECOND = Scalar("rate", Written("a rate such as 400, 400/s or 5k/s", _rate))
QUANTILE = Scalar("quantile", Written("a quantile such as p90, 90% or 0.9", _quantile))
CAPACITY = Capacity()
LISTEN = Listen()
