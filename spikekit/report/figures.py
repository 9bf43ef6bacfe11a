"""Figures as people say them: never finer than they are known, never without a unit."""

from __future__ import annotations

from spikekit.wording import about

FEW = 10
"""A forecast of fewer is not worth a figure."""


def crowd(value: float, noun: str = "visitor") -> str:
    """How many come, in words: ``about 850 visitors``, ``fewer than 10 visitors``, ``no visitors``."""
    if value <= 0:
        return f"no {noun}s"
    return f"fewer than {FEW} {noun}s" if value < FEW else f"about {about(value)} {noun}s"


def many(value: float) -> str:
    """How many come, as a figure in a table: ``850``, ``under 10``, ``0``."""
    return "0" if value <= 0 else f"under {FEW}" if value < FEW else about(value)


def brief(seconds: float) -> str:
    """An instant on an axis: ``30s``, ``10m``, ``6h``, ``1h30m``, ``3d``; ``0`` is the launch."""
    if seconds == 0:
        return "0"
    sign, rest = ("-" if seconds < 0 else ""), round(abs(seconds))
    parts: list[str] = []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")):
        count, rest = divmod(rest, size)
        if count and len(parts) < 2:
            parts.append(f"{count}{unit}")
    return sign + "".join(parts)


def percent(ratio: float) -> str:
    """A share: ``81 %``; below one per cent with a digit."""
    return f"{ratio * 100:.0f} %" if ratio >= 0.01 or ratio == 0 else f"{ratio * 100:.1g} %"
