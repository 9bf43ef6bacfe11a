"""What a right answer looks like: its status, and a few words that only the right page has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from spikekit.files.echo import is_control
from spikekit.journey.walk import Stop, leads_elsewhere

_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,500})</title", re.IGNORECASE)
_BUTTON = re.compile(
    r"<button\b[^>]{0,2000}>\s*([^<>]{1,80}?)\s*</button|<input\b[^>]{0,500}\btype=[\"']?submit\b[^>]{0,500}>",
    re.IGNORECASE,
)
_SUBMIT_VALUE = re.compile(r"\bvalue=\"([^\"<>]{1,80})\"", re.IGNORECASE)
_BETWEEN = re.compile(r"\s+[|·•–—»:/-]\s+|\s*[|·•»]\s*")
SHORTEST, LONGEST = 4, 60
SEEN = 1_000_000
"""Characters of a page that are looked at: less than what is searched under load."""

MOST_BUTTONS = 200


class Opens(StrEnum):
    """Which page visitors open here: the ``same`` as was recorded, one of its ``kind``, or ``any`` of the site.

    The rarest words tell the same page best; of a kind, no page's own title will do; on any page, only what all have.
    """

    SAME = "same"
    KIND = "kind"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A step's ``expect``: no status means any below 400, no text means none is looked for."""

    status: int | None = None
    text: str | None = None


class Expectations:
    """Proposes what to expect, knowing every page of the walk: what stands on all of them distinguishes none."""

    def __init__(self, stops: Sequence[Stop], host: str, is_clean: Callable[[str], bool]) -> None:
        self._host = host
        self._is_clean = is_clean
        pages = [s.answered.answer.text[:SEEN] for s in stops if s.is_page]
        self._several = len(pages) > 1
        self._titles = Counter(text for page in pages for text in set(_titles(page)))
        self._marks = Counter(text for page in pages for text in {*_titles(page), *_buttons(page)})

    def expected(self, stop: Stop, *, typed: Iterable[str], opens: Opens) -> Expected:
        """What to expect of a stop. ``typed``: what its request sends, which no text may hang on."""
        status = stop.answered.answer.status
        if status is not None and 300 <= status < 400:
            # Within the site it will be followed, as visitors do; the end of it was not recorded.
            kept = status if leads_elsewhere(stop, self._host) else 200 if status == 304 else None
            return Expected(status=kept)
        return Expected(status=status, text=self._text(stop, [t for t in typed if len(t) > 2], opens))

    def _text(self, stop: Stop, typed: list[str], opens: Opens) -> str | None:
        answer = stop.answered.answer
        if not stop.is_page or stop.asked.method == "HEAD":
            return None
        page = answer.text[:SEEN]
        needs_ascii = "charset=" in answer.mime and "utf-8" not in answer.mime
        for text in self._best_first([*_titles(page), *_buttons(page)], opens):
            is_plain = text.isascii() or not needs_ascii
            if is_plain and self._is_fit(text) and not any(t.lower() in text.lower() for t in typed):
                return text
        return None

    def _best_first(self, texts: list[str], opens: Opens) -> list[str]:
        own = list(dict.fromkeys(texts))
        if opens is Opens.SAME or not self._several:
            return sorted(own, key=lambda text: self._marks[text])
        shared = [text for text in own if self._marks[text] > 1 or not self._titles[text]]
        return sorted(shared, key=lambda text: self._marks[text], reverse=opens is Opens.ANY)

    def _is_fit(self, text: str) -> bool:
        if not SHORTEST <= len(text) <= LONGEST or re.search(r"[0-9&{}]", text):
            return False
        return not any(is_control(c) for c in text) and self._is_clean(text)


def _titles(page: str) -> list[str]:
    """The parts of the page's title, as they stand in it."""
    title = _TITLE.search(page)
    return [part.strip() for part in _BETWEEN.split(title[1].strip())] if title else []


def _buttons(page: str) -> list[str]:
    found: list[str] = []
    for button in islice(_BUTTON.finditer(page), MOST_BUTTONS):
        value = _SUBMIT_VALUE.search(button[0]) if button[1] is None else None
        found.append(button[1] if button[1] is not None else value[1] if value else "")
    return [text.strip() for text in found]
