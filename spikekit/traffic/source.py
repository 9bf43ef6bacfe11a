"""Where requests come from, by name: campaigns first, then a bounded list. Visitors can add nothing to it at will."""

from __future__ import annotations

from collections.abc import Iterable

from spikekit.errors import UsageError
from spikekit.files.echo import quoted

DIRECT = "direct"
"""Typed, bookmarked, or from an app that does not say."""
UNKNOWN = "unknown"
"""Requests of visits whose beginning is not in the log."""
OTHER = "other"
"""Sites that are in no table and bring too few to be named."""
SEARCH = "search"
SEARCH_ADS = "search_ads"
MAIL = "mail"

LINK_PREVIEWS = "link_previews"
"""Machines that fetch a link which somebody posted: real load, no people."""
MAIL_SCANNERS = "mail_scanners"
CRAWLERS = "crawlers"
"""Search engines, and others who read the whole web."""
BOTS = "bots"
"""Other programs: monitors, scripts, scanners."""

MACHINES = (LINK_PREVIEWS, MAIL_SCANNERS, CRAWLERS, BOTS)
FIXED = (DIRECT, UNKNOWN, OTHER, SEARCH, SEARCH_ADS, MAIL, *MACHINES)

MOST_SOURCES = 250
"""All names together. A metric with more series than a few hundred is of no use to anybody."""

MOST_SITES = 40
"""Sites that get a name of their own because they bring visitors."""


class Sources:
    """The names by number, in the order they were added; numbers stay what they are.

    Raises ``UsageError`` when a campaign's id is the name of another source, or when there are too many.
    """

    def __init__(self, campaigns: Iterable[str], known: Iterable[str]) -> None:
        self.names: list[str] = []
        self.numbers: dict[str, int] = {}
        rest = dict.fromkeys((*FIXED, *known))
        for name in campaigns:
            if name in rest or name in self.numbers:
                raise UsageError(
                    f"a campaign cannot be called {quoted(name)} here: a source of visitors is called so",
                    hint="give the campaign another id",
                )
            self._append(name)
        self.campaigns = len(self.names)
        for name in rest:
            self._append(name)
        if len(self.names) > MOST_SOURCES - MOST_SITES:
            raise UsageError(f"{len(self.names)} campaigns and sources are too many to tell apart; at most 210")
        self._most = len(self.names) + MOST_SITES

    def add(self, name: str) -> int | None:
        """The number of a site that gets a name of its own; ``None`` when there is no more room."""
        if name not in self.numbers:
            if len(self.names) >= self._most:
                return None
            self._append(name)
        return self.numbers[name]

    def _append(self, name: str) -> None:
        self.numbers[name] = len(self.names)
        self.names.append(name)
