"""What one visitor saw on the way in, and how much was sent to see it."""

from __future__ import annotations

from dataclasses import dataclass, field

from spikekit.preflight.wire import Answer, Opened

MOST_REDIRECTS = 5
MOST_ASSETS = 10
REPEATS = 3
"""How often the page is asked for in each way. The first fills a cache; the others tell whether it answers."""

MOST_REQUESTS = MOST_REDIRECTS + 1 + 2 * REPEATS + 1 + MOST_ASSETS
"""Redirects and the page, the page again with and without a mark, once in brotli, and some of its assets.

One more where the server closes connections that it said it kept."""


@dataclass(slots=True, kw_only=True)
class Visit:
    """What was seen, as far as it went. ``cut_short`` says why it went no further.

    ``hops`` are the redirects, ``elsewhere`` where the last one leads if that is another host; ``page`` the first
    answer that is no redirect. ``plain`` and ``clicked`` are the page asked for again, without and with a mark that
    nobody had before; no ``clicked`` if a redirect takes marks off (``unmarked``). ``refused`` is a repeat that was
    answered with an error, ``bare`` what a page that was not given is without a mark. ``names`` are all assets of the
    page on this host, ``assets`` those that were asked for. ``closes``: the server keeps no connection.
    """

    opened: Opened
    again: Opened | None = None
    distrust: str | None = None
    hops: list[Answer] = field(default_factory=list)
    elsewhere: str | None = None
    page: Answer | None = None
    unmarked: bool = False
    bare: Answer | None = None
    refused: Answer | None = None
    plain: list[Answer] = field(default_factory=list)
    clicked: list[Answer] = field(default_factory=list)
    brotli: Answer | None = None
    names: tuple[str, ...] = ()
    assets: list[Answer] = field(default_factory=list)
    requests: int = 0
    closes: bool = False
    cut_short: str | None = None

    @property
    def requests_each(self) -> int:
        """What a visitor sends for the page: the redirects, itself, and its files on this host."""
        return len(self.hops) + 1 + len(self.names)

    @property
    def is_whole(self) -> bool:
        """Whether there is a page to look at."""
        return self.page is not None and self.page.is_given
