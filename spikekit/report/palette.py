"""The one colour scale, for terminal and page alike. Shape and word stand beside each colour, never colour alone.

The page's blue and red (vermilion) are told apart with every common colour blindness; lightness and line style
differ too, so that a grey print keeps all of them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from spikekit.vocabulary import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Paint:
    """A colour as SGR code (terminal), and as hex on light and on dark paper (page)."""

    sgr: str
    light: str
    dark: str


class Role(StrEnum):
    """What a colour means. No other colours are used. The value names the page's CSS variable."""

    PLANNED = "planned"
    REAL = "real"
    FAILED = "failed"
    CAPACITY = "capacity"
    OBJECTIVE = "objective"
    BAND = "band"
    READY = "ready"
    AT_RISK = "at-risk"
    NOT_READY = "not-ready"
    UNKNOWN = "unknown"
    STRONG = "strong"
    FAINT = "faint"


_GREY = Paint(sgr="90", light="#6f7782", dark="#9aa4b0")
_RED = Paint(sgr="31", light="#b01f2e", dark="#ff7f66")
_AMBER = Paint(sgr="33", light="#a06800", dark="#f0b43c")

PAINTS: dict[Role, Paint] = {
    Role.PLANNED: _GREY,
    Role.REAL: Paint(sgr="34", light="#1c5d99", dark="#6cb2ee"),
    Role.FAILED: _RED,
    Role.CAPACITY: Paint(sgr="1;31", light="#8c1024", dark="#ff6a4d"),
    Role.OBJECTIVE: _AMBER,
    Role.BAND: Paint(sgr="36", light="#9db4c8", dark="#5b7690"),
    Role.READY: Paint(sgr="32", light="#18794a", dark="#57c98b"),
    Role.AT_RISK: _AMBER,
    Role.NOT_READY: _RED,
    Role.UNKNOWN: _GREY,
    Role.STRONG: Paint(sgr="1", light="#16202b", dark="#eef2f6"),
    Role.FAINT: Paint(sgr="2", light="#5a6572", dark="#a3adb8"),
}


def painted(text: str, role: Role, *, colour: bool) -> str:
    """``text`` in a role's colour for a terminal, or as it is."""
    return f"\x1b[{PAINTS[role].sgr}m{text}\x1b[0m" if colour and text else text


class Symbol(StrEnum):
    """The shape of each light."""

    READY = "✔"
    AT_RISK = "▲"
    NOT_READY = "✘"
    UNKNOWN = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """How a verdict is shown: shape, word and colour."""

    symbol: Symbol
    word: str
    role: Role


LIGHTS: dict[Verdict, Light] = {
    Verdict.READY: Light(symbol=Symbol.READY, word="Ready", role=Role.READY),
    Verdict.NOT_READY: Light(symbol=Symbol.NOT_READY, word="Not ready", role=Role.NOT_READY),
    Verdict.INCONCLUSIVE: Light(symbol=Symbol.UNKNOWN, word="Inconclusive", role=Role.UNKNOWN),
}


def held_light(held: bool | None) -> Light:
    """How one objective is shown: held, missed, or nothing to judge."""
    if held is None:
        return Light(symbol=Symbol.UNKNOWN, word="not judged", role=Role.UNKNOWN)
    if held:
        return Light(symbol=Symbol.READY, word="held", role=Role.READY)
    return Light(symbol=Symbol.NOT_READY, word="missed", role=Role.NOT_READY)
