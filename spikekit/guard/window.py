"""The hours in which a target may be loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from spikekit.errors import Refused
from spikekit.site.model import Window

_DAY = 24 * 60


def is_open(window: Window, at: datetime) -> bool:
    """Whether an aware instant lies in a window; one that passes midnight belongs to the day it starts on."""
    local = at.astimezone(ZoneInfo(window.timezone))
    minute = local.hour * 60 + local.minute
    if window.start_minute < window.end_minute:
        return local.weekday() in window.days and window.start_minute <= minute < window.end_minute
    if minute >= window.start_minute:
        return local.weekday() in window.days
    return minute < window.end_minute and (local - timedelta(minutes=_DAY)).weekday() in window.days


def require_open(windows: Sequence[Window], start: datetime, duration_seconds: float) -> None:
    """Raise ``Refused`` unless one window holds the whole run. No windows at all means always."""
    if not windows:
        return
    minutes = range(int(duration_seconds // 60) + 1)
    instants = [start + timedelta(minutes=m) for m in minutes] + [start + timedelta(seconds=duration_seconds)]
    if not any(all(is_open(w, instant) for instant in instants) for w in windows):
        said = "; ".join(w.text for w in windows)
        raise Refused(
            f"load is allowed only {said}",
            hint="wait for the window, shorten the run, or change `windows` in site.yaml",
        )
