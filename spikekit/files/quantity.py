"""Counts, shares, numbers and durations as people write them: ``6.2M``, ``2.6%``, ``1h30m``.

Each function takes the written text and returns a number, or raises ``ValueError`` whose text is a note for the
message (possibly empty). Decimal arithmetic throughout: 6.2M is 6,200,000 and not a hair less.
"""

from __future__ import annotations

import re
from decimal import Decimal

MAX_COUNT = Decimal(10_000_000_000)
"""No campaign reaches more people than there are."""

MAX_SECONDS = 366 * 86_400
"""No send, delay or response in a campaign is longer than a year."""

SCALES = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "bn": 10**9, "B": 10**9}
UNITS = {u: Decimal(s) for u, s in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1), ("ms", "0.001"))}
"""Units of durations, largest first: the order in which they may be combined."""

_DIGITS = r"(?:[0-9]{1,15}|[0-9]{1,3}(?:_[0-9]{3}){1,4})"
COUNT_PATTERN = rf"({_DIGITS}(?:\.[0-9]{{1,9}})?(?:[eE][+]?[0-9]{{1,2}})?)(|k|K|M|bn|B)"
NUMBER_PATTERN = rf"{_DIGITS}(?:\.[0-9]{{1,15}})?(?:[eE][-+]?[0-9]{{1,2}})?"
RATIO_PATTERN = r"([0-9]{1,15}(?:\.[0-9]{1,15})?|\.[0-9]{1,15})(?: ?(%))?"
_PARTS = {unit: rf"[0-9]{{1,9}}(?:\.[0-9]{{1,9}})?{unit}" for unit in UNITS}
# "5ms" must not be read as five minutes and a stray "s".
DURATION_PATTERN = "(?=.)" + "".join(rf"(?:{part}{'(?!s)' if u == 'm' else ''})?" for u, part in _PARTS.items())
"""What counts, numbers, ratios and durations look like; editors are told the same (``files.json_schema``)."""

_COUNT = re.compile(rf"{COUNT_PATTERN}\Z", re.ASCII)
_NUMBER = re.compile(rf"{NUMBER_PATTERN}\Z", re.ASCII)
_RATIO = re.compile(rf"{RATIO_PATTERN}\Z", re.ASCII)
_DURATION = re.compile(rf"[-+]?{DURATION_PATTERN}\Z", re.ASCII)
_DOTTED_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(\.[0-9]{3})+\Z", re.ASCII)
_PART = re.compile(r"([0-9.]+)([a-z]+)")


def count(text: str) -> float:
    """A whole number of people or things, at least 0: ``6200000``, ``6_200_000``, ``6.2M``, ``250k``, ``1.5bn``.

    ``250.000`` is refused: half of Europe means a quarter of a million by it.
    """
    if _DOTTED_THOUSANDS.match(text):
        raise ValueError(_dotted_hint(text))
    value = scaled(text)
    if value != int(value):
        raise ValueError("it must be a whole number")
    return float(value)


def scaled(text: str) -> Decimal:
    """A number at least 0, perhaps with k, M or bn. Raises ``ValueError`` beyond ten billion."""
    match = _COUNT.match(text)
    if match is None:
        raise ValueError(_count_hint(text))
    value = Decimal(match[1].replace("_", "")) * SCALES[match[2]]
    if value > MAX_COUNT:
        raise ValueError("that is more than there are people")
    return value


def number(text: str) -> float:
    """A plain number, at least 0: ``1.4``, ``95``, ``5_000``."""
    if not _NUMBER.match(text):
        raise ValueError("it cannot be negative" if text.startswith("-") else _comma_hint(text, _NUMBER))
    return float(Decimal(text.replace("_", "")))


def ratio(text: str) -> float:
    """A share as a ratio, at least 0: ``2.6%`` and ``0.026`` are the same."""
    match = _RATIO.match(text)
    if match is None:
        raise ValueError("it cannot be negative" if text.startswith("-") else _comma_hint(text, _RATIO))
    return float(Decimal(match[1]) / (100 if match[2] else 1))


def duration(text: str) -> float:
    """Seconds, at least 0: ``500ms``, ``8s``, ``20m``, ``2h``, ``3d``, ``1h30m``, ``0``."""
    seconds = signed_duration(text)
    if text.startswith(("-", "+")):
        raise ValueError("it cannot have a sign")
    return seconds


def signed_duration(text: str) -> float:
    """Seconds, before (``-10m``) or after (``30m``)."""
    if text in ("0", "-0", "+0"):
        return 0.0
    if not _DURATION.match(text):
        raise ValueError(_duration_hint(text))
    seconds = sum((Decimal(figure) * UNITS[unit] for figure, unit in _PART.findall(text)), Decimal(0))
    if seconds > MAX_SECONDS:
        raise ValueError("that is longer than a year")
    return float(-seconds if text.startswith("-") else seconds)


def looks_like_duration(text: str) -> bool:
    """Whether the text is meant as a duration rather than as a time of day."""
    return re.match(r"[-+]?[0-9.]+ ?[A-Za-z]|[-+]?[0-9]+\Z", text) is not None


def _dotted_hint(text: str) -> str:
    figure = int(text.replace(".", ""))
    unit = next(u for u in ("bn", "M", "k") if figure >= SCALES[u])
    return f"did you mean {figure:_} or {(Decimal(figure) / SCALES[unit]).normalize():f}{unit}?"


def _comma_hint(text: str, wanted: re.Pattern[str]) -> str:
    pointed = text.replace(",", ".", 1)
    is_meant = pointed != text and wanted.match(pointed)
    return f"decimals take a point: did you mean {pointed}?" if is_meant else ""


def _count_hint(text: str) -> str:
    if text.startswith("-"):
        return "it cannot be negative"
    if "," in text and re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+", text):
        return f"did you mean {text.replace(',', '_')}?"
    if text[-1:].isalpha() and (hint := _comma_hint(text, _COUNT)):
        return hint
    if re.fullmatch(r"[0-9.]+ ?(k|K|m|M|mio|million|Million|bn|billion)", text):
        figure = re.match(r"[0-9.]+", text)
        scale = "k" if text[-1] in "kK" else "bn" if "b" in text else "M"
        return f"did you mean {figure[0]}{scale}?" if figure else ""
    return ""


def _duration_hint(text: str) -> str:
    if re.fullmatch(r"[0-9]{1,9}", text):
        return f"did you mean {text}s or {text}m?"
    match = re.fullmatch(r"([0-9]{1,9}) ?(sec|secs|seconds?|min|mins|minutes?|hours?|hrs?|days?|[smhd])", text)
    if match:
        return f"did you mean {match[1]}{match[2][0]}?"
    return _comma_hint(text, _DURATION)
