"""A watch on a terminal: what comes against capacity and forecast, from where, what is the matter. 80 columns."""

from __future__ import annotations

from datetime import datetime

from spikekit.forecast.quantiles import Quantiles
from spikekit.live.alarm import Alarm, Phase
from spikekit.live.following import Following
from spikekit.live.outlook import Outlook
from spikekit.live.standing import standing
from spikekit.report.chart.terminal import Layer, Level, Tick, chart
from spikekit.report.figures import percent
from spikekit.report.live.replay import Paint, zone_of
from spikekit.report.palette import Role
from spikekit.report.screen import shown, wrapped
from spikekit.wording import about, clock, plural, span

PAST, AHEAD = 44, 24
"""Columns of a minute each."""
MOST_SOURCES = 6
MOST_ALARMS = 5
HEIGHT = 7
DAY_SECONDS = 86_400
LATE_SECONDS = 60
"""Prometheus has something new every quarter of a minute."""


def view(following: Following, paint: Paint) -> list[str]:
    """The whole picture; one line while nothing has come."""
    now = following.now
    if now is None:
        return [" waiting for the first visitors …"]
    lines = _heads(following, now, paint)
    lines += _picture(following, now, paint)
    lines += [_sources(following, now), *_ahead(following)]
    for alarm in following.recent[-MOST_ALARMS:]:
        lines += alarm_lines(following, alarm, paint)
    return [*lines, paint(f" {_read(following)}", Role.FAINT)]


def _read(following: Following) -> str:
    """``1,200 lines read, 3 left out; none for 2 min``, or how far Prometheus was asked."""
    watch, silent = following.watch, following.silent_seconds
    if watch.is_queried:
        late = f"; nothing new for {span(silent)}" if silent > LATE_SECONDS else ""
        return f"by Prometheus, up to {_clock(following, (watch.latest or 0) + 1)}{late}"
    skipped = watch.tally.skipped.total()
    read = f"{plural(watch.tally.lines, 'line')} read" + (f", {skipped:,} left out" if skipped else "")
    return read + (f"; none for {span(silent)}" if silent > 5 else "")


def status_line(following: Following) -> str:
    """One line for a pipe."""
    now = following.now or 0
    rate = following.watch.pace.mean(now - 60, now)
    names = ", ".join(f"{name} {course.entries:,}" for name, course in following.watch.courses.items())
    return f"{_clock(following, now)}  {about(rate)} requests/s; visitors so far: {names}"


def alarm_lines(following: Following, alarm: Alarm, paint: Paint) -> list[str]:
    """``18:05  ! undeclared: …``"""
    mark = {Phase.RAISED: "!", Phase.UPDATED: "! now:", Phase.CLEARED: "✔ all clear:"}[alarm.phase]
    role = Role.READY if alarm.phase is Phase.CLEARED else Role.AT_RISK
    first, *rest = wrapped(f" {_clock(following, alarm.at)[:5]}  {mark} {shown(alarm.title)}", indent="")
    return [paint(line, role) for line in (first, *(f"         {line}" for line in rest))]


def _heads(following: Following, now: int, paint: Paint) -> list[str]:
    watch = following.watch
    rate = sum(watch.pace.rates(now).values())
    capacity = watch.watched.capacity_requests_per_second
    known = f"   capacity {about(capacity)}" if capacity else ""
    lines = []
    for name, course in watch.courses.items():
        forecast = watch.watched.forecast_of(name)
        if forecast is None:
            continue
        since = now - course.launch
        when = f"{clock(since)} in" if since >= 0 else f"in {span(-since)}"
        said = standing(forecast, course, now)
        lines += wrapped(
            f"{shown(forecast.campaign.name)} · {when} · {plural(course.entries, 'visitor')}; {said.words}"
        )
    head = f" {_clock(following, now)}   {about(rate)} requests/s{known}"
    return [*(paint(f" {line}", Role.STRONG) for line in lines), paint(head, Role.REAL)]


def _picture(following: Following, now: int, paint: Paint) -> list[str]:
    watch = following.watch
    past = [watch.pace.mean(now - 60 * (PAST - i), now - 60 * (PAST - i - 1)) for i in range(PAST)]
    names = set(following.outlooks)
    usual = sum(rate for name, rate in watch.pace.rates(now).items() if name not in names)
    ahead = [usual] * AHEAD
    for outlook in following.outlooks.values():
        rates = outlook.expected([now - outlook.launch + 60.0 * i for i in range(AHEAD)])
        ahead = [a + b for a, b in zip(ahead, rates, strict=True)]
    capacity = watch.watched.capacity_requests_per_second
    top = max([*past, *ahead])
    levels = [Level(value=capacity, label="capacity", colour=Role.CAPACITY)] if capacity and capacity < 5 * top else []
    ticks = [
        Tick(column=PAST - 40, label="-40 min"),
        Tick(column=PAST - 20, label="-20"),
        Tick(column=PAST, label="now"),
    ]
    ticks.append(Tick(column=PAST + 20, label="+20"))
    return chart(
        [
            Layer(values=[0.0] * PAST + ahead, glyph="░", colour=Role.BAND),
            Layer(values=past + [0.0] * AHEAD, colour=Role.REAL),
        ],
        unit="requests/s",
        ticks=ticks,
        levels=levels,
        height=HEIGHT,
        paint=paint,
    )


def _sources(following: Following, now: int) -> str:
    rates = following.watch.pace.rates(now)
    total = sum(rates.values())
    if not total:
        return " from   nobody now"
    order = sorted(rates.items(), key=lambda item: (-item[1], item[0]))
    parts = [f"{shown(name)} {percent(rate / total)}" for name, rate in order[:MOST_SOURCES]]
    return wrapped(f" from   {'   '.join(parts)}")[0]


def _ahead(following: Following) -> list[str]:
    """What is still to come of each campaign that has begun, in a line or two."""
    lines: list[str] = []
    for name, outlook in following.outlooks.items():
        forecast = following.watch.watched.forecast_of(name)
        if forecast is not None:
            lines += wrapped(f"{shown(forecast.campaign.name)}: {outlook_words(following, outlook)}", indent=" ")
    return lines


def outlook_words(following: Following, outlook: Outlook) -> str:
    """``peak still to come: 1,900 requests/s about 18:12; …``"""
    seen, peak = outlook.nowcast, outlook.peak_requests
    begun = following.watch.courses[outlook.campaign]
    # Of the minutes that the outlook has seen: the one that goes on may be its highest yet, and not the last.
    highest = max(begun.minutes[: seen.elapsed_minutes], default=0) / 60 * outlook.requests_per_visitor
    total = seen.total_24h
    words = f"{about(total.p50)} visitors in 24 h ({about(total.p10)}–{about(total.p90)})"
    if peak.p50 > highest:
        at = _clock(following, outlook.peak_at)[:5]
        if outlook.peak_at - outlook.at > DAY_SECONDS:
            at += f" in {span(outlook.peak_at - outlook.at)}"
        words = f"peak to come about {at}, {about(peak.p50)} requests/s; {words}"
    elif highest > 0:
        words = f"peak passed ({about(highest)} requests/s); {words}"
    over = outlook.minutes_over
    if over is not None and over.p90 >= 1:
        words += f"; {_over_words(over)}"
    return words


def _over_words(minutes: Quantiles) -> str:
    """How long above capacity; what is likely no whole minute is told by its one time in ten alone."""
    if minutes.p50 < 1:
        return f"one time in ten above capacity for {about(minutes.p90)} more minutes"
    return f"above capacity for {about(minutes.p50)} more minutes (one time in ten {about(minutes.p90)})"


def _clock(following: Following, second: int) -> str:
    return f"{datetime.fromtimestamp(second, zone_of(following.watch)):%H:%M:%S}"
