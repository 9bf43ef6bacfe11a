"""A search in 80 columns: the answer, the picture of bounds, the trials, what it cost, what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from spikekit.capacity.document import CapacityRun
from spikekit.capacity.words import rate
from spikekit.report.capacity.reading import Picture, TrialReading, costs, journey_words, light, picture, read_trials
from spikekit.report.palette import Role, painted
from spikekit.report.screen import WIDTH, short_id, shown, wrapped

_AXIS = 64
HEAD = f" {'trial':>5} {'visitors/s':>12} {'seconds':>8} {'p95':>10} {'errors':>9}   holds"


def capacity_summary(search: CapacityRun, *, colour: bool = True) -> str:
    """The search in words. With ``colour`` it holds the codes of colours, which ``click.echo`` drops in a pipe."""
    lamp = light(search)
    first, *rest = wrapped(shown(search.sentence), width=WIDTH - 2, whole=False)
    lines = [painted(f"{lamp.symbol} {first}", lamp.role, colour=colour)]
    lines += [painted(f"  {line}", lamp.role, colour=colour) for line in rest]
    for reason in _others(search):
        lines += wrapped(shown(reason), indent="  ", later="  ", width=WIDTH, whole=False)
    measured = shown(f"Measured with visitors of {journey_words(search)}.")
    lines += wrapped(measured, indent="  ", later="", width=WIDTH, whole=False)
    trials = read_trials(search)
    if trials:
        lines += ["", *bounds(trials, picture(search), colour=colour), "", *table(trials, colour=colour), ""]
    lines += [f" {costs(search)}"]
    full = f"spikekit report {short_id(search.id)} --html report.html"
    return "\n".join([*lines, f" {painted('In full:', Role.FAINT, colour=colour)}  {full}"])


def _others(search: CapacityRun) -> list[str]:
    """What the sentence does not say already."""
    return [r for r in search.reasons if r.rstrip(".") not in search.sentence]


def table(trials: Sequence[TrialReading], *, colour: bool) -> list[str]:
    """One line a trial."""
    lines = [painted(HEAD, Role.FAINT, colour=colour)]
    for t in trials:
        symbol = painted(t.light.symbol, t.light.role, colour=colour)
        lines.append(f" {t.number:>5} {t.rate:>12} {t.seconds:>8} {t.p95:>10} {t.errors:>9} {symbol} {t.holds}")
    return lines


def bounds(trials: Sequence[TrialReading], axis: Picture, *, colour: bool) -> list[str]:
    """Every steady trial on one line of rates, what held above it and what did not below, and the interval."""
    held, missed = [" "] * _AXIS, [" "] * _AXIS
    for t in trials:
        row = missed if t.light.role is Role.NOT_READY else held
        if not t.rate.startswith("up to"):
            row[_column(t.place)] = t.light.symbol
    line = ["─"] * _AXIS
    if axis.low is not None:
        first, last = _column(axis.low), _AXIS - 1 if axis.high is None else _column(axis.high)
        line[first : last + 1] = ["█"] * (last + 1 - first)
        line[last] = "▶" if axis.high is None else line[last]
    left, right = rate(axis.least), rate(axis.most)
    return [
        f"{'held':>9}  {painted(''.join(held).rstrip(), Role.READY, colour=colour)}".rstrip(),
        f"{left:>9} ├{painted(''.join(line), Role.CAPACITY, colour=colour)}┤ {right}",
        f"{'did not':>9}  {painted(''.join(missed).rstrip(), Role.NOT_READY, colour=colour)}".rstrip(),
    ]


def _column(place: float) -> int:
    return min(int(place * _AXIS), _AXIS - 1)
