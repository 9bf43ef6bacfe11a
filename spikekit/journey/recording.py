"""A browser's recording as the program thinks of it: requests with their answers, in the order they were sent."""

from __future__ import annotations

from dataclasses import dataclass

Headers = tuple[tuple[str, str], ...]
"""Names in lower case, with values; a name may come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form as the recording lists it; ``file`` is set for an upload, whose content is not kept."""

    name: str
    value: str
    file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The body of a request. ``mime`` is as it was written; ``text`` is empty when only fields are known.

    ``missing``: the browser sent a body and did not record it.
    """

    mime: str
    text: str = ""
    fields: tuple[Field, ...] = ()
    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. ``status`` 0: the request was never answered; ``None``: the recording does not say.

    ``mime`` is lower-case with its parameters; ``text`` is empty when no text was recorded.
    """

    status: int | None = None
    mime: str = ""
    text: str = ""
    location: str | None = None
    cookies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Url:
    """Where a request went. ``host`` is lower-case, with its port unless that is the scheme's own."""

    scheme: str
    host: str
    path: str
    query: str = ""

    @property
    def target(self) -> str:
        """Path and query as they were sent."""
        return self.path + (f"?{self.query}" if self.query else "")

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}{self.target}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer. ``number`` counts from 0 in the file.

    ``started`` is in seconds since 1970, ``None`` when unknown; ``seconds`` until the whole answer was there.
    ``hint`` is what the browser called it (``document``, ``xhr``, …), ``loaded`` when the page it began had loaded.
    """

    number: int
    method: str
    url: Url
    started: float | None = None
    seconds: float = 0.0
    headers: Headers = ()
    cookies: tuple[tuple[str, str], ...] = ()
    sent: Sent | None = None
    answer: Answer = Answer()
    hint: str = ""
    cached: bool = False
    loaded: float | None = None

    def header(self, name: str) -> str:
        """The first value of a request header (lower-case name), or nothing."""
        return next((value for known, value in self.headers if known == name), "")

    @property
    def ended(self) -> float | None:
        return None if self.started is None else self.started + self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Every request of a recording in the order sent, and the browser that made it (a word or two, or nothing)."""

    exchanges: tuple[Exchange, ...]
    browser: str = ""
