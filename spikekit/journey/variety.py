"""Ids that vary from visitor to visitor: not everyone opens the book that was opened while recording.

A path is told apart into what stays and its ids; pages that were visited or linked to give the rows of a CSV.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from spikekit.journey.recording import Url
from spikekit.journey.slot import Request
from spikekit.journey.token import is_token
from spikekit.journey.walk import Stop

MAX_ROWS = 1_000
MAX_LINKS = 20_000
LEAST_SIBLINGS = 3
"""Pages beside a page before its name counts as one of many: ``/books/red-tent`` beside two more."""

_ID = re.compile(r"[0-9]{1,12}\Z")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+(\.html?)?\Z")
_LINK = re.compile(r"\bhref\s*=\s*[\"']?([^\"'\s>]{1,500})", re.IGNORECASE)
_WORD = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A CSV file for ``data:``. Every row is as wide as the columns."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A path with its ids taken out: ``/books/`` and a hole. ``holes`` are indices into its segments."""

    segments: tuple[str, ...]
    holes: tuple[int, ...]

    def ids(self, segments: Sequence[str]) -> tuple[str, ...] | None:
        """The ids in another path of this shape, or ``None`` when it has another."""
        if len(segments) != len(self.segments):
            return None
        for index, (own, other) in enumerate(zip(self.segments, segments, strict=True)):
            if index in self.holes:
                if _kind(other) is None or _kind(other) != _kind(own):
                    return None
            elif own != other:
                return None
        return tuple(segments[i] for i in self.holes)

    @property
    def noun(self) -> str:
        """What the ids are of, as the path says: ``books``."""
        before = [s for s in self.segments[: self.holes[0]] if s]
        return _WORD.sub("-", before[-1]).strip("-").lower() if before else "pages"


def shape_of(request: Request, links: Iterable[tuple[str, ...]]) -> Shape | None:
    """The shape of a request's path, or ``None`` when nothing in it varies. ``links`` are paths seen in pages."""
    if request.method != "get":
        return None
    segments = tuple(str(s) for s in request.segments)
    numbers = tuple(i for i, s in enumerate(segments) if _ID.match(s))
    if numbers:
        return Shape(segments=segments, holes=numbers)
    last = len(segments) - 1
    if last < 2 or _kind(segments[last]) != "slug":
        return None
    shape = Shape(segments=segments, holes=(last,))
    siblings = {ids for path in links if (ids := shape.ids(path))} | {(segments[last],)}
    return shape if len(siblings) >= LEAST_SIBLINGS else None


def linked_paths(stops: Iterable[Stop]) -> list[tuple[str, ...]]:
    """The paths of the same host that recorded pages link to, each once, as segments."""
    found: dict[tuple[str, ...], None] = {}
    seen: set[tuple[str, str]] = set()
    for stop in stops:
        url = stop.answered.url
        for written in _LINK.findall(stop.answered.answer.text):
            # Every page of a site has the same hundred links: only those that begin nowhere depend on the page.
            known = (url.path if written[:1] not in ("/", "h") else "", written)
            if known in seen or len(found) >= MAX_LINKS:
                continue
            seen.add(known)
            path = _own_path(url, written)
            if path is not None:
                found[path] = None
    return list(found)


def _own_path(base: Url, written: str) -> tuple[str, ...] | None:
    """The path a link leads to, in segments; ``None`` when it leads elsewhere or holds a query."""
    try:
        there = urlsplit(urljoin(str(base), unescape(written)))
    except ValueError:
        return None
    return None if there.query or there.netloc.lower() not in ("", base.host) else tuple(there.path.split("/"))


def rows_of(
    shape: Shape, visited: Iterable[Sequence[str]], linked: Iterable[Sequence[str]], is_clean: Callable[[str], bool]
) -> tuple[tuple[str, ...], ...]:
    """The ids of every known page of this shape: those visited first."""
    rows: dict[tuple[str, ...], None] = {}
    for path in (*visited, *linked):
        ids = shape.ids(path)
        if ids is not None and all(map(is_clean, ids)) and len(rows) < MAX_ROWS:
            rows[ids] = None
    return tuple(rows)


def _kind(segment: str) -> str | None:
    if _ID.match(segment):
        return "id"
    return "slug" if _SLUG.match(segment) and len(segment) <= 100 and not is_token(segment) else None
