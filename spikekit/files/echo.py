"""Quoting what people wrote back to them: bounded, and with nothing in it that could move a terminal's cursor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

MAX_ECHO = 60
"""Characters of a user's text repeated in a message: enough to recognise it, little enough to keep one line."""

INVISIBLE = frozenset("\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\ufeff") | frozenset(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)
"""Characters that print as nothing or turn the direction of writing: a message must not hide behind them."""


SLIP_LIKENESS = 0.85
"""Words this much alike differ by a letter or two, not by a word."""


def is_control(character: str) -> bool:
    """Whether a character would do something to a terminal instead of being seen (C0, C1, direction marks)."""
    return character < " " or "\x7f" <= character < "\xa0" or character in INVISIBLE


def escaped(text: str) -> str:
    """``text`` with control and invisible characters as ``\\x1b`` or ``\\u202e``, at most ``MAX_ECHO`` long."""
    short = text if len(text) <= MAX_ECHO else text[: MAX_ECHO - 1] + "…"
    return "".join(_visible(c) if is_control(c) or "\ud800" <= c <= "\udfff" else c for c in short)


def quoted(text: str) -> str:
    """``text`` as it appears in a message: ``"lots"``."""
    return f'"{escaped(text)}"'


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word most like a mistyped one, or ``None`` when nothing is near."""
    if len(word) > MAX_ECHO:
        return None
    # Only a mistyped word needs the matcher; checking a right file must stay quick.
    from difflib import get_close_matches

    by_lower = {a.lower(): a for a in allowed}
    near = get_close_matches(word.lower().replace("-", "_"), by_lower, n=1) or get_close_matches(
        word.lower(), by_lower, n=1
    )
    return by_lower[near[0]] if near else None


def slip(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that ``word`` is a slip of the pen away from, if it is none itself."""
    names = list(allowed)
    if word in names or len(word) > MAX_ECHO:
        return None
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, names, n=1, cutoff=SLIP_LIKENESS)), None)


def suggestion(word: str, allowed: Iterable[str], synonyms: Mapping[str, str] | None = None) -> str:
    """``; did you mean email?``, else ``; allowed: email, push``. ``synonyms`` lead to allowed words (snake_case)."""
    names, known = list(allowed), synonyms or {}
    near = known.get(re.sub(r"[\s-]+", "_", word.lower())) or nearest(word, names)
    near = near or known.get(nearest(word, known) or "")
    if near:
        return f"; did you mean {near}?"
    return f"; allowed: {', '.join(names)}" if names else ""


def _visible(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
