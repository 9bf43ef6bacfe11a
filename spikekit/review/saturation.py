"""Stretches in which somebody knows that the site was saturated: ``18:04/18:20``-like words → flags on what came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from spikekit.errors import UsageError
from spikekit.files import quantity
from spikekit.files.echo import quoted
from spikekit.files.instant import local_time, resolve
from spikekit.traffic.observed import Observed

Stretch = tuple[datetime, datetime]
"""From, to; timezone-aware."""


def stretch(text: str, launch: datetime) -> Stretch:
    """``FROM/TO``, each a local time (``2026-12-04T18:04``) or a duration after the launch (``4m/20m``).

    Raises ``UsageError`` for anything else, and where it ends before it begins.
    """
    first, _, last = text.partition("/")
    try:
        began, ended = (_instant(part.strip(), launch) for part in (first, last))
    except ValueError as note:
        raise UsageError(
            f"expected FROM/TO, found {quoted(text)}" + (f"; {note}" if str(note) else ""),
            hint="such as 4m/20m after the launch, or 2026-12-04T18:04/2026-12-04T18:20",
        ) from None
    if ended <= began:
        raise UsageError(f"{quoted(text)} ends before it begins")
    return began, ended


def saturated(observed: Observed, stretches: Iterable[Stretch]) -> Observed:
    """The same counts, with every bucket that touches a stretch marked as a lower bound."""
    flags = list(observed.flags())
    for began, ended in stretches:
        first, last = ((t - observed.began).total_seconds() / observed.step_seconds for t in (began, ended))
        for i in range(max(0, int(first // 1)), min(len(flags), -int(-last // 1))):
            flags[i] = True
    return replace(observed, saturated=tuple(flags) if any(flags) else ())


def _instant(text: str, launch: datetime) -> datetime:
    if quantity.looks_like_duration(text):
        return launch.astimezone(UTC) + timedelta(seconds=quantity.signed_duration(text))
    written = local_time(text)
    zone = launch.tzinfo
    return resolve(written, zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")).astimezone(UTC)
