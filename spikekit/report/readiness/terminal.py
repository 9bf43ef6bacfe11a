"""An answer in 80 columns: what is safe, how likely it holds, what would change that, and what it rests on."""

from __future__ import annotations

from spikekit.readiness.answer import Gap, Readiness
from spikekit.readiness.words import assumption, audiences_words, notes, survival_words
from spikekit.report.palette import Role
from spikekit.report.readiness import reading
from spikekit.report.readiness.reading import Row
from spikekit.report.screen import Ink, ink_of, shown, wrapped
from spikekit.vocabulary import ChannelKind
from spikekit.wording import people

_BAR = 30
_WORDS = 62


def readiness_lines(answer: Readiness, *, next_command: str | None, colour: bool = True) -> list[str]:
    """Everything a terminal shows of a campaign's readiness."""
    ink = ink_of(colour=colour)
    parts = [
        _answer(answer, ink),
        _sizes(answer, ink),
        _advice(answer, ink),
        _doubt(answer, ink),
        [f" {ink('Next:', Role.FAINT)}  {next_command}"] if next_command else [],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part).split("\n")


def _answer(answer: Readiness, ink: Ink) -> list[str]:
    light = reading.light_of(answer)
    first, second = shown(reading.lead(answer)), shown(survival_words(answer))
    lead = f"{light.symbol} {first or second}"
    lines = [ink(line, light.role) for line in wrapped(lead, later="  ")]
    return [*lines, *wrapped(second, indent="  ", later="  ")] if first else lines


def _sizes(answer: Readiness, ink: Ink) -> list[str]:
    rows = reading.size_rows(answer)
    if not rows:
        return []
    head = ink(f" {'If it turns out …':<26}{'chance of holding':>18}", Role.FAINT)
    return [head, *(f"  {_sized(row, ink)}" for row in rows)]


def _sized(row: Row, ink: Ink) -> str:
    filled = round(row.survival * _BAR)
    bar = ink("█" * filled, row.light.role) + ink("·" * (_BAR - filled), Role.FAINT)
    return f"{ink(row.light.symbol, row.light.role)} {row.words:<24}{row.chance:>12}  {bar}"


def _advice(answer: Readiness, ink: Ink) -> list[str]:
    rows = reading.advice_rows(answer)
    if not rows:
        return []
    lines = [ink(f" {'What would change that':<{_WORDS + 4}}{'chance':>10}", Role.FAINT)]
    for row in rows:
        first, *rest = wrapped(shown(row.words), width=_WORDS) or [""]
        lines.append(f"  {ink(row.light.symbol, row.light.role)} {first:<{_WORDS + 1}}{row.chance:>11}")
        lines += [f"    {line}" for line in rest]
    return lines


def _doubt(answer: Readiness, ink: Ink) -> list[str]:
    lines = wrapped(lost, indent=" ", later=" ") if (lost := reading.losses_sentence(answer)) else []
    figures = reading.figures(answer)
    lines += [f" {name:<26}{text}" for name, text in figures]
    if answer.gap is not Gap.EVIDENCE and (surer := reading.narrowing(answer)):
        lines += wrapped(surer, indent=" ", later=" ")
    for note in notes(answer):
        lines += wrapped(shown(note), indent=" · ", later="   ")
    if answer.question.evidence:
        lines += [ink(line, Role.FAINT) for line in wrapped(reading.based_on(answer), indent=" ", later=" ")]
    return lines


def tonight_lines(answer: Readiness, *, next_command: str, colour: bool = True) -> list[str]:
    """Without a campaign: the largest audience of each kind of channel that is safe."""
    ink = ink_of(colour=colour)
    audiences = answer.survivable or answer.on_target
    if not audiences:
        light = reading.light_of(answer)
        text = f"{light.symbol} Nothing can be called safe: no capacity of this site has been measured."
        return [ink(text, light.role), "", *_noted(answer), f" {ink('Next:', Role.FAINT)}  {next_command}"]
    where = "on production" if answer.survivable else f"on {answer.question.evidence[0].target} itself"
    chance = f"{answer.question.goal * 100:.3g} %"
    head = wrapped(f"Safe now, {where}, each alone ({chance} sure to hold), {shown(assumption(answer))}:")
    rows = [f"  {_line(kind, count)}" for kind, count in audiences.items()]
    return [*head, "", *rows, "", *_noted(answer), f" {ink('Next:', Role.FAINT)}  {next_command}"]


def _line(kind: ChannelKind, count: int) -> str:
    if count <= 0:
        return f"{kind.value:<18}{'none':>14}"
    return f"{kind.value:<18}{people(count):>14}  {audiences_words({kind: count}).removesuffix(' is safe')}"


def _noted(answer: Readiness) -> list[str]:
    lines = [line for note in notes(answer) for line in wrapped(shown(note), indent=" · ", later="   ")]
    return [*lines, *(wrapped(reading.based_on(answer), indent=" ", later=" ") if answer.question.evidence else [])]
