"""A calendar in words: the sentences and rows that terminal and page both show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from spikekit.forecast.calendar import Calendar, Collision, Entry, Peaks, Week
from spikekit.forecast.normal import Floats
from spikekit.forecast.stretch import Stretch
from spikekit.report.figures import FEW, crowd, many
from spikekit.wording import about, plural

QUIET = 0.01
"""A week whose peak is below this share of the highest is quiet."""

_LOW = 0.75
"""Bars below this share of the likely peak need a word."""

HARDLY = 1.05
"""Together no higher than this, above the higher of the two alone, is no news."""

_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Peaks as they are shown: likely, and one in ten above."""

    visitors: str
    visitors_often: str
    requests: str
    requests_often: str


def figures(peaks: Peaks) -> Figures:
    """The four figures of a row."""
    return Figures(
        visitors=many(at(peaks.minute_visitors, 0.5)),
        visitors_often=many(at(peaks.minute_visitors, 0.9)),
        requests=about(at(peaks.requests_per_second, 0.5)),
        requests_often=about(at(peaks.requests_per_second, 0.9)),
    )


def headline(calendar: Calendar) -> str:
    """The answer, as a marketer would repeat it."""
    counted = [e for e in calendar.entries if e.counts]
    if not counted:
        return f"No campaign is confirmed; {_counted(len(calendar.entries), 'draft').lower()} may come."
    first, last = min(e.begins[0] for e in counted), max(e.begins[1] for e in counted)
    text = f"{_counted(len(counted), 'campaign')} {_between(first, last, calendar.zone)}."
    week = highest_week(calendar)
    likely, often = (at(week.peaks.minute_visitors, q) for q in (0.5, 0.9))
    who = _who(week)
    if len(calendar.weeks) > 1:
        text += (
            f" The busiest minute is likely in the week of {_day(week.stretch[0], calendar.zone)}{who}: {crowd(likely)}"
        )
    else:
        text += f" The busiest minute{who} brings {crowd(likely)}"
    text += f", one time in ten more than {about(often)}." if about(often) != about(likely) and often >= 10 else "."
    return f"{text} {collision_count(calendar)}".rstrip()


def caution(calendar: Calendar, likely: Sequence[float], part: str) -> str | None:
    """What bars, each by itself, cannot show: the busiest minute of all, where nobody knows in which ``part`` it comes.

    ``likely`` are their heights; ``None`` where the highest of them tells it.
    """
    whole = at(highest_week(calendar).peaks.minute_visitors, 0.5)
    if max(likely) >= _LOW * whole or whole < FEW:
        return None
    return (
        f"Each {part} stands for itself: the busiest minute of all, likely {about(whole)} visitors, "
        f"comes in one of them, but nobody knows in which."
    )


def _who(week: Week) -> str:
    """The campaigns that make a week's peak, where they are few enough to be named."""
    strong = [e for e in week.entries if _share(e, week) > 0.2]
    return f" ({' and '.join(e.campaign.name for e in strong)})" if 1 <= len(strong) <= 2 else ""


def _share(entry: Entry, week: Week) -> float:
    whole = at(week.peaks.minute_visitors, 0.5)
    return at(entry.peaks.minute_visitors, 0.5) / whole if whole > 0 else 0.0


def collision_count(calendar: Calendar) -> str:
    """How many pairs are busy at the same time."""
    pairs = len(calendar.collisions) + calendar.more_collisions
    if not pairs:
        return "No two are busy at the same time." if sum(e.counts for e in calendar.entries) > 1 else ""
    if pairs == 1:
        return "Two of them are busy at the same time."
    return f"{_counted(pairs, 'pair')} of them are busy at the same time."


def collision_sentence(collision: Collision, zone: ZoneInfo) -> str:
    """What a pair brings together, against each alone."""
    names = f"{collision.first.campaign.name} and {collision.second.campaign.name}"
    alone = [at(e.peaks.minute_visitors, 0.5) for e in (collision.first, collision.second)]
    together, often = (at(collision.peaks.minute_visitors, q) for q in (0.5, 0.9))
    when = f"{names}, {moment(collision.overlap[0], zone)} to {_until(collision.overlap, zone)}: "
    if max(together, *alone) < 10:
        return f"{when}together fewer than 10 visitors in the busiest minute."
    if together < HARDLY * max(alone):
        bigger = collision.first if alone[0] >= alone[1] else collision.second
        return f"{when}together hardly more than {bigger.campaign.name} alone ({crowd(max(alone))} in a minute)."
    return (
        f"{when}together {crowd(together)} in the busiest minute, one time in ten more than {about(often)}; "
        f"alone {many(alone[0])} and {many(alone[1])}."
    )


def asides(calendar: Calendar) -> list[str]:
    """What is shown and not added, and what is left out."""
    drafts, lines = sum(not e.counts for e in calendar.entries), []
    if drafts and drafts < len(calendar.entries):
        lines.append(f"{plural(drafts, 'draft')} shown and not added.")
    if calendar.cancelled:
        lines.append(f"Left out, because cancelled: {', '.join(c.name for c in calendar.cancelled)}.")
    if calendar.more_collisions:
        lines.append(f"{plural(calendar.more_collisions, 'more pair')} overlap; the weeks hold them all.")
    return lines


def highest_week(calendar: Calendar) -> Week:
    """The week with the highest likely peak."""
    return max(calendar.weeks, key=lambda w: at(w.peaks.minute_visitors, 0.5))


def loud_weeks(calendar: Calendar) -> list[Week]:
    """The weeks in which something happens."""
    top = at(highest_week(calendar).peaks.minute_visitors, 0.9)
    return [w for w in calendar.weeks if w.entries or at(w.peaks.minute_visitors, 0.9) > QUIET * top]


def numbers(entries: Iterable[Entry], calendar: Calendar) -> str:
    """Campaigns by their numbers in the list: ``1, 4``."""
    own = {e.campaign.id: n for n, e in enumerate(calendar.entries, 1)}
    return ", ".join(str(own[e.campaign.id]) for e in entries)


def launched(entry: Entry, zone: ZoneInfo) -> str:
    """The launch on marketing's clocks, and on those of the calendar where they differ."""
    launch, own = entry.campaign.launch, ZoneInfo(entry.campaign.timezone)
    text = f"{moment(launch, own)} {own.key}"
    here = launch.astimezone(zone)
    if here.utcoffset() == launch.astimezone(own).utcoffset():
        return text
    other_day = here.date() != launch.astimezone(own).date()
    return f"{text} = {moment(launch, zone) if other_day else here.strftime('%H:%M')} {zone.key}"


def span_words(calendar: Calendar) -> str:
    """``27 November 2026 to 12 February 2027``."""
    first, end = (t.astimezone(calendar.zone) for t in (calendar.stretches[0][0], calendar.stretches[-1][1]))
    last = end - timedelta(seconds=1)
    return _date(first) if first.date() == last.date() else f"{_date(first)} to {_date(last)}"


def moment(instant: datetime, zone: ZoneInfo) -> str:
    """``Fri 4 Dec 18:00``."""
    return f"{weekday(instant, zone)} {instant.astimezone(zone):%H:%M}"


def weekday(instant: datetime, zone: ZoneInfo) -> str:
    """``Fri 4 Dec``."""
    local = instant.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b}"


def at(values: Floats, quantile: float) -> float:
    """A quantile over the draws."""
    return float(np.quantile(values, quantile))


def _until(stretch: Stretch, zone: ZoneInfo) -> str:
    begin, end = (t.astimezone(zone) for t in stretch)
    return f"{end:%H:%M}" if begin.date() == end.date() else moment(end, zone)


def _between(first: datetime, last: datetime, zone: ZoneInfo) -> str:
    days = [_date(t.astimezone(zone)) for t in (first, last)]
    return f"on {days[0]}" if days[0] == days[1] else f"from {days[0]} to {days[1]}"


def _date(local: datetime) -> str:
    return f"{local.day} {local:%B %Y}"


def _day(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    return f"{local.day} {local:%B}"


def _counted(number: int, noun: str) -> str:
    word = _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"
    return f"{word} {noun}{'' if number == 1 else 's'}"
