"""A run in 80 columns: the answer first, then the picture, the objectives, the pages, and what to do next.

Fit for a pipe: shape and word stand beside each colour, and no line needs more than ``WIDTH`` columns.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from spikekit import wording
from spikekit.report.palette import LIGHTS, Role
from spikekit.report.run import objectives, reading
from spikekit.report.run.objectives import ObjectiveReading
from spikekit.report.run.picture import picture
from spikekit.report.screen import WIDTH, Ink, fitted, ink_of, short_id, shown, wrapped
from spikekit.verdict.run import Run, StepResult

REASONS = 6
"""More than so many reasons are no answer any more; the page has them all."""

_BAR = 12
_LIMIT_AT = 8
"""Columns of an objective's bar, and the column at which its limit stands."""


def summary(run: Run, *, colour: bool = True) -> str:
    """The run in words. With ``colour`` it holds the codes of colours, which ``click.echo`` drops in a pipe."""
    ink = ink_of(colour=colour)
    parts = [
        _answer(run, ink),
        picture(run, ink, WIDTH),
        _objectives(run, ink),
        _pages(run, ink),
        _failures(run, ink),
        _generator(run, ink),
        [f" {ink('In full:', Role.FAINT)}  spikekit report {short_id(run.id)} --html report.html"],
    ]
    return "\n".join("\n".join(part) + "\n" for part in parts if part).removesuffix("\n")


def _answer(run: Run, ink: Ink) -> list[str]:
    light = LIGHTS[run.verdict]
    first, *rest = wrapped(shown(run.sentence), width=WIDTH - 2, whole=False) or [light.word]
    lines = [ink(f"{light.symbol} {first}", light.role), *(ink(f"  {line}", light.role) for line in rest)]
    for reason in run.reasons[1:REASONS]:
        lines += wrapped(shown(reason), indent="  · ", later="    ", width=WIDTH, whole=False)
    if len(run.reasons) > REASONS:
        lines.append(ink(f"  · and {len(run.reasons) - REASONS} more", Role.FAINT))
    if run.interrupted:
        lines.append("  Stopped before its end; this is what was measured until then.")
    if run.visitors.planned:
        lines += wrapped(reading.what_became(run), indent="  ", later="  ", width=WIDTH)
    return lines


def _objectives(run: Run, ink: Ink) -> list[str]:
    if not any(o.held is not None for o in run.objectives):
        return [" None of the objectives could be judged."] if run.objectives else []
    head = f" {'Objectives':<41}{'whole run':>10}{'worst 10 s':>12}"
    lines = [ink(head, Role.FAINT)]
    for step, group in objectives.objective_groups(run):
        lines.append(f" {fitted(shown(step or 'All visitors'), WIDTH - 1)}".rstrip())
        for o in group:
            symbol = ink(o.light.symbol, o.light.role)
            lines.append(f"  {symbol} {o.asks:<38.38}{o.observed:>10}{o.worst:>12}  {_bar(o, ink)}")
            if o.note:
                lines.append(f"    {o.note}")
    return [*lines, *_sentence(objectives.left_out(run))]


def _bar(o: ObjectiveReading, ink: Ink) -> str:
    """``██████···│····``: how much of what the objective allows was used; beyond the mark is a miss."""
    used = min(_BAR, round((o.used or 0.0) * _LIMIT_AT)) if o.used != float("inf") else _BAR
    used = max(used, 1) if o.used else used
    worst = min(_BAR, round((o.worst_used or 0.0) * _LIMIT_AT)) if o.worst_used != float("inf") else _BAR
    cells = ["█" if i < used else "▒" if i < worst else "·" for i in range(_BAR)]
    role = Role.NOT_READY if o.light.role is Role.NOT_READY else Role.REAL
    before, after = "".join(cells[:_LIMIT_AT]), "".join(cells[_LIMIT_AT:])
    return f"{ink(before, role)}{ink('│', Role.OBJECTIVE)}{ink(after, role)}"


def _pages(run: Run, ink: Ink) -> list[str]:
    if not run.requests.sent:
        return []
    heads = f"{'requests':>9}{'failed':>9}{'50 % in':>9}{'95 % in':>9}{'99 % in':>9}"
    lines = [ink(f" {'Pages':<34}{heads}", Role.FAINT)]
    lines += [_page(step) for step in run.steps]
    return [*lines, *_sentence(reading.assets_sentence(run)), *_sentence(reading.hardly_tested(run))]


def _sentence(text: str | None) -> list[str]:
    return wrapped(shown(text), indent=" ", later=" ", whole=False) if text else []


def _page(step: StepResult) -> str:
    latency = step.latency_seconds
    times = "".join(f"{_brief(value, step):>9}" for value in (latency.p50, latency.p95, latency.p99))
    name = fitted(shown(step.name), 34)
    return f" {name}{wording.count(step.requests):>9}{wording.count(step.failed):>9}{times}"


def _brief(value: float | None, step: StepResult) -> str:
    text = wording.quantile(value, longest=step.latency_seconds.max, requests=step.requests)
    return text.replace("more than", ">")


def _failures(run: Run, ink: Ink) -> list[str]:
    failures = reading.read_failures(run)
    if not failures:
        return []
    lines = [ink(" What failed", Role.FAINT)]
    for f in failures:
        lines.append(f"  {ink('✘', Role.FAILED)} {wording.count(f.count)} × {shown(f.words)} ({f.share} of pages)")
        if f.example:
            text = f"{f.example.step} at {wording.clock(f.example.offset_seconds)}: {f.example.detail}"
            lines += _wrapped(shown(text), "    ")
    return lines


def _generator(run: Run, ink: Ink) -> list[str]:
    healthy = run.generator.healthy
    symbol = ink("✔", Role.READY) if healthy else ink("✘", Role.NOT_READY)
    first, *rest = wrapped(reading.generator_sentence(run), width=WIDTH - 3, whole=False)
    notes = [line for note in run.generator.notes for line in _wrapped(shown(note), "   ")]
    return [f" {symbol} {first}", *(f"   {line}" for line in rest), *notes]


def _wrapped(text: str, indent: str) -> Iterator[str]:
    """At most three lines of a text that may be as long as a server likes."""
    yield from textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, max_lines=3, placeholder=" …"
    )
