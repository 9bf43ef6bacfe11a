"""Local times and zones, with the hours that do not exist and those that happen twice.

``LocalTime`` is what was written; ``resolve`` makes an instant of it. Errors are ``ValueError`` whose text is the
message: people meet a daylight-saving gap once a year and need to be told what to write instead.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from spikekit.files.echo import nearest

TIME_PATTERN = r"(\d{4})-(\d{1,2})-(\d{1,2})[Tt ](\d{1,2}):(\d{2})(?::(\d{2}))? ?([Zz]|[+-]\d{2}(?::?\d{2})?)?"
"""What a date with its time of day looks like; editors are told the same (``files.json_schema``)."""
_WRITTEN = re.compile(rf"{TIME_PATTERN}\Z", re.ASCII)
MONTHS = tuple(calendar.month_name)
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A date and time of day as written; ``offset`` from UTC where one was given."""

    local: datetime
    offset: timezone | None = None

    @property
    def words(self) -> str:
        return f"{self.local:%H:%M} on {_date(self.local)}"


def local_time(text: str) -> LocalTime:
    """What was written as ``2026-12-04T18:00``, perhaps with seconds and an offset or Z.

    Raises ``ValueError``: an empty text when it is no date and time at all, else what cannot be about it.
    """
    match = _WRITTEN.match(text)
    if match is None:
        raise ValueError(_shape_hint(text))
    year, month, day, hour, minute = (int(match[i]) for i in range(1, 6))
    second = int(match[6] or 0)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"the year {year} is not between {FIRST_YEAR} and {LAST_YEAR}")
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        raise ValueError(f"{MONTHS[month]} {year} has {days} days, not {day}")
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"a day has no {hour:02}:{minute:02}:{second:02}")
    # A naive time on purpose: its zone comes from another key of the file.
    return LocalTime(datetime(year, month, day, hour, minute, second), _offset(match[7]))  # noqa: DTZ001


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises ``ValueError`` whose text asks for the nearest name, or is empty."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = _nearest_zone(name)
        raise ValueError(f"did you mean {near}?" if near else "") from None


def resolve(written: LocalTime, where: ZoneInfo) -> datetime:
    """The instant, in ``where``. Raises ``ValueError`` for an hour the clocks skip or repeat, with what to write."""
    if written.offset is not None:
        return written.local.replace(tzinfo=written.offset).astimezone(where)
    earlier = written.local.replace(tzinfo=where, fold=0)
    later = written.local.replace(tzinfo=where, fold=1)
    if earlier.utcoffset() == later.utcoffset():
        return earlier
    if _exists(earlier, where):
        choices = " or ".join(f"{written.local:%Y-%m-%dT%H:%M}{_offset_text(t)}" for t in (earlier, later))
        raise ValueError(f"{written.words} happens twice in {where.key} (clocks go back); write {choices}")
    # In a gap the offset before the change leads past it, the one after leads before it.
    choices = " or ".join(_other(t.astimezone(UTC).astimezone(where), written.local) for t in (later, earlier))
    raise ValueError(f"{written.words} does not exist in {where.key} (clocks go forward); {choices}?")


def _exists(instant: datetime, where: ZoneInfo) -> bool:
    back = instant.astimezone(UTC).astimezone(where)
    return back.replace(tzinfo=None, fold=0) == instant.replace(tzinfo=None, fold=0)


def _other(choice: datetime, written: datetime) -> str:
    return f"{choice:%H:%M}" if choice.date() == written.date() else f"{choice:%Y-%m-%dT%H:%M}"


def _offset_text(instant: datetime) -> str:
    text = f"{instant:%z}"
    return f"{text[:3]}:{text[3:5]}"


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text in "Zz":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if away > timedelta(hours=14) or int(digits[2:]) > 59:
        raise ValueError(f"no place on Earth is {text} from UTC")
    return timezone(-away if text[0] == "-" else away)


def _date(day: datetime) -> str:
    return f"{day.day} {MONTHS[day.month]} {day.year}"


def _shape_hint(text: str) -> str:
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text):
        return f"add the time of day: {text}T18:00"
    if re.fullmatch(r"\d{1,2}:\d{2}", text):
        return f"add the date: 2026-12-04T{text.rjust(5, '0')}"
    if re.match(r"\d{1,2}[./]\d{1,2}[./]\d{4}", text):
        return "the year comes first, then the month"
    return ""


def _nearest_zone(name: str) -> str | None:
    # Walks the whole zone data base: only for a name that is already known to be wrong.
    from zoneinfo import available_timezones

    zones = sorted(z for z in available_timezones() if "/" in z or z == "UTC")
    place = name.strip().replace(" ", "_").lower()
    by_city = {z.rsplit("/", 1)[-1].lower(): z for z in zones if not z.startswith(("posix/", "right/", "Etc/"))}
    return by_city.get(place) or by_city.get(place.rsplit("/", 1)[-1]) or nearest(name.replace(" ", "_"), zones)
