"""Past campaigns in a terminal: what an export was understood to say, and what is known so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import median

from spikekit.forecast.calibration import PastResult
from spikekit.report.screen import wrapped
from spikekit.review.export import Export
from spikekit.review.hits import Hits
from spikekit.review.record import PastRecord
from spikekit.wording import exactly, percent, plural

_NAME = 34


def export_lines(export: Export, *, outcome: str) -> list[str]:
    """What was understood of an export, and what became of it."""
    results = export.results
    said = f"{plural(len(results), 'result')} of {plural(len(export.records), 'campaign')} understood in {export.path}."
    doubles = f" {plural(export.doubles, 'row')} said the same as another." if export.doubles else ""
    lines = [*wrapped(said + doubles), ""]
    lines += [f" {meaning:12}{name}" for meaning, name in export.columns.items()]
    if export.unused:
        lines += wrapped(f"not used:   {', '.join(export.unused)}", indent=" ")
    return [*lines, "", *result_lines(results), "", *wrapped(outcome, indent=" ")]


def past_lines(records: Sequence[PastRecord], hits: Hits) -> list[str]:
    """Every record, oldest first, and how often forecasts held."""
    lines = [f" {'launched':12}{'campaign':{_NAME}}{'clicks':>12}  forecast"]
    for record in records:
        day = record.launch.date().isoformat() if record.launch else "–"
        name = record.name if len(record.name) < _NAME else f"{record.name[: _NAME - 2]}…"
        least = "≥" if any(r.is_lower_bound for r in record.results) else ""
        clicks = f"{least}{exactly(sum(r.clicks for r in record.results))}"
        held = record.total.outcome.value if record.total else "not judged"
        lines.append(f" {day:12}{name:{_NAME}}{clicks:>12}  {held}")
    results = [r for record in records for r in record.learned()]
    return [*lines, "", *result_lines(results), "", *wrapped(hits.sentence, indent=" ")]


def result_lines(results: Iterable[PastResult]) -> list[str]:
    """Click rates by kind and account."""
    groups: dict[tuple[str, str], list[PastResult]] = defaultdict(list)
    for result in results:
        groups[result.kind.value, result.account or "–"].append(result)
    lines = [f" {'kind':18}{'account':24}{'results':>8}{'click rates':>26}"]
    for (kind, account), several in sorted(groups.items()):
        shown = account if len(account) < 23 else f"{account[:21]}…"
        lines.append(f" {kind:18}{shown:24}{len(several):>8}{_rates(several):>26}")
    return lines


def _rates(results: Sequence[PastResult]) -> str:
    rates = sorted(r.clicks / r.audience for r in results if r.audience)
    if not rates:
        return "–"
    if len(rates) == 1:
        return percent(rates[0])
    return f"{percent(median(rates))} ({percent(rates[0])} to {percent(rates[-1])})"
