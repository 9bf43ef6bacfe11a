"""Telling what no person would type: session ids, keys, hashes, signed tokens; and numbers of payment cards."""

from __future__ import annotations

import re
from itertools import pairwise

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
CARD = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])")
_ISSUED = re.compile(r"4\d{12}|3[068]\d{12}|3[47]\d{13}|[2-6]\d{15}|[456]\d{16,18}")
"""How card numbers begin, by their length (ISO/IEC 7812: 3 travel, 2 4 5 banking, 6 merchandising and banking)."""

_HEX = re.compile(r"[0-9a-fA-F]{16,}\Z")
_BASE64 = re.compile(r"[A-Za-z0-9_\-+/]{24,}={0,2}\Z")
_DIGITS_OF_A_TOKEN = 20
_SHORTEST = 12
_LONGEST_WORD = 40
_SPEAKABLE = 20
_CONSONANTS = re.compile("[bcdfghjklmnpqrstvwxz]{6}", re.IGNORECASE)


def is_token(text: str) -> bool:
    """Whether the text, or a run of letters and digits in it, was made by a machine.

    Random letters and digits change between lower case, upper case and digits all the time; words, names and slugs
    hardly do. A capital that begins a word is no change.
    """
    if UUID.search(text):
        return True
    if _BASE64.match(text) and _is_mixed(re.sub("[^A-Za-z0-9]", "", text)):
        return True
    return any(_is_random(run) for run in re.findall("[A-Za-z0-9]+", text) if len(run) >= _SHORTEST)


def is_card(text: str) -> bool:
    """Whether digits, perhaps in groups, look like a payment card's number: its beginning, and its check digit.

    Grouped as people write cards, the check digit does not matter.
    """
    digits = re.sub("[^0-9]", "", text)
    if not _ISSUED.fullmatch(digits):
        return False
    return digits != text or _luhn(digits)


def _luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812: every second digit from the right doubled, the sum of all digits by ten."""
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits)))
    return sum(d // 10 + d % 10 for d in doubled) % 10 == 0


def _is_random(run: str) -> bool:
    letters, digits = sum(c.isalpha() for c in run), sum(c.isdigit() for c in run)
    if not letters:
        return digits >= _DIGITS_OF_A_TOKEN
    if len(run) >= _LONGEST_WORD:
        return True
    if not digits:
        return _is_unspeakable(run)
    return _HEX.match(run) is not None or _changes(run) >= max(5, len(run) // 4)


def _is_mixed(run: str) -> bool:
    """Letters of both cases and digits, or letters that no language puts together."""
    has_all = any(map(str.islower, run)) and any(map(str.isupper, run)) and any(map(str.isdigit, run))
    return (has_all and _changes(run) >= len(run) // 4) or _is_unspeakable(run)


def _is_unspeakable(run: str) -> bool:
    """Capitals in the middle of words, and more consonants in a row than words have."""
    return len(run) >= _SPEAKABLE and _changes(run) >= 3 and _CONSONANTS.search(run) is not None


def _changes(run: str) -> int:
    kinds = ["u" if c.isupper() else "l" if c.islower() else "d" for c in run]
    return sum(a != b and (a, b) != ("u", "l") for a, b in pairwise(kinds))
