"""What a finished log shows, in 80 columns: the answer first, then where visitors came from and every spike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from rich.cells import cell_len

from spikekit.live.spike import Spike, SpikeKind
from spikekit.live.standing import standing
from spikekit.live.watch import Watch
from spikekit.report.figures import percent
from spikekit.report.palette import Role
from spikekit.report.screen import fitted, shown, wrapped
from spikekit.wording import count, plural

MOST_SOURCES = 12
MOST_SPIKES = 20

Paint = Callable[[str, str], str]

KIND_ROLES: Mapping[SpikeKind, Role] = {
    SpikeKind.CROWD: Role.REAL,
    SpikeKind.BOTS: Role.UNKNOWN,
    SpikeKind.ATTACK: Role.NOT_READY,
    SpikeKind.UNKNOWN: Role.UNKNOWN,
}


def zone_of(watch: Watch) -> tzinfo:
    """The clock of the first campaign; without one, UTC."""
    campaigns = watch.watched.campaigns
    return ZoneInfo(campaigns[0].timezone) if campaigns else UTC


def replay_lines(watch: Watch, paint: Paint) -> list[str]:
    """A replay in words."""
    parts = [_answer(watch, paint), _sources(watch, paint), _spikes(watch, paint), _read(watch, paint)]
    return [line for part in parts if part for line in (*part, "")][:-1]


def _answer(watch: Watch, paint: Paint) -> list[str]:
    lines: list[str] = []
    for name, course in watch.courses.items():
        forecast = watch.watched.forecast_of(name)
        if forecast is not None:
            said = standing(forecast, course, (watch.latest or course.launch) + 1)
            words = f"{shown(forecast.campaign.name)}: {plural(course.entries, 'visitor')}; {said.words}."
            lines += wrapped(words)
    undeclared = [spike for spike in watch.spikes if not spike.declared]
    words = plural(len(undeclared), "spike") + " that nobody declared" if undeclared else "No undeclared spikes"
    return [*(paint(line, Role.STRONG) for line in lines), paint(f"{words}.", Role.STRONG)]


def _sources(watch: Watch, paint: Paint) -> list[str]:
    document = watch.totals.document()
    if not document:
        return []
    entries = sum(each["entries"] for each in document.values())
    lines = [paint(f" {'From':<30}{'visits':>10}{'share':>8}{'requests':>12}{'failed':>9}{'peak/s':>9}", Role.FAINT)]
    shares = list(document.items())
    for name, each in shares[:MOST_SOURCES]:
        share = percent(each["entries"] / entries) if each["entries"] else "–"
        lines.append(
            f" {fitted(shown(name), 30)}{count(each['entries']):>10}{share:>8}{count(each['requests']):>12}"
            f"{count(each['failures']):>9}{count(each['peak_requests_per_second']):>9}"
        )
    if len(shares) > MOST_SOURCES:
        lines.append(paint(f" and {len(shares) - MOST_SOURCES} more", Role.FAINT))
    return lines


def _spikes(watch: Watch, paint: Paint) -> list[str]:
    lines: list[str] = []
    for spike in watch.spikes[-MOST_SPIKES:]:
        lines += spike_lines(watch, spike, paint)
    if len(watch.spikes) > MOST_SPIKES:
        lines.insert(0, f" the latest {MOST_SPIKES} of {len(watch.spikes)} spikes:")
    return lines


def spike_lines(watch: Watch, spike: Spike, paint: Paint) -> list[str]:
    """``18:05–18:21  ! 240 visitors a minute from … ``, and why it is taken for what it is."""
    zone = zone_of(watch)
    began = _clock(spike.started, zone)
    mark = "·" if spike.declared else "!"
    # True of a log that ended while it went on, and of a watch that did.
    head = f" {began}–{_clock(spike.ended, zone)}" if spike.ended is not None else f" from {began} on"
    role = Role.REAL if spike.declared else KIND_ROLES[spike.kind]
    first, *rest = wrapped(f"{head}  {mark} {shown(watch.cause(spike))}")
    space = " " * (cell_len(head) + 4)
    lines = [paint(first, role), *(f"{space}{line}" for line in rest)]
    if not spike.declared and spike.reasons:
        lines += [paint(line, Role.FAINT) for line in wrapped("; ".join(spike.reasons), indent=space)]
    return lines


def _clock(second: int, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(second, zone):%H:%M}"


def _read(watch: Watch, paint: Paint) -> list[str]:
    skipped = watch.tally.skipped
    lines = [" by Prometheus" if watch.is_queried else f" {plural(watch.tally.lines, 'line')} read"]
    if skipped:
        lines[0] += "; left out: " + ", ".join(f"{count(n)} {reason}" for reason, n in skipped.most_common())
    zone = zone_of(watch)
    gaps = watch.tally.gaps
    for gap in gaps.latest[-3:]:
        lines.append(f" no lines from {_clock(gap.began, zone)} to {_clock(gap.ended, zone)}: was anything lost?")
    return [paint(line, Role.FAINT) for line in lines]
