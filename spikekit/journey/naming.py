"""Names of journeys, and of placeholders: words that ``site.yaml`` allows, none of them used for two values at once."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

from spikekit.campaign.declared import CampaignFile
from spikekit.campaign.model import LANDING_JOURNEY
from spikekit.errors import UsageError
from spikekit.files.echo import quoted
from spikekit.files.value import IDENTIFIER
from spikekit.site.declared import SiteFile
from spikekit.site.placeholder import LANDING

LONGEST = 40


def word_of(name: str) -> str:
    """A placeholder's name from a field's: ``product[id]`` → ``product_id``."""
    word = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")[:LONGEST]
    if not word or not word[0].isalpha():
        word = f"value_{word}".rstrip("_")
    return f"{word}_value" if word == LANDING else word


class Names:
    """Gives each placeholder a name of its own; one that is no longer used may be given again."""

    def __init__(self) -> None:
        self._busy_until: dict[str, int] = {LANDING: 10**9}

    def keep(self, name: str) -> None:
        """Never give this name away: a column has it."""
        self._busy_until[name] = 10**9

    def give(self, wanted: str, *, at: int, last_use: int) -> str:
        """A free name like ``wanted`` for a value captured at one step and last used at another."""
        word = word_of(wanted)
        for number in count(1):
            name = word if number == 1 else f"{word}_{number}"
            if self._busy_until.get(name, -1) <= at:
                self._busy_until[name] = max(last_use, at)
                return name
        raise AssertionError("there is always another number")


def journey_name(given: str | None, file: Path) -> str:
    """The journey's name: as given, else made from the recording's file name.

    Raises ``UsageError`` for what ``site.yaml`` does not allow, or what a folder's check would take for another file.
    """
    taken = {LANDING_JOURNEY, *SiteFile.keys, *CampaignFile.keys}
    if given is None:
        made = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")[:LONGEST]
        return made if made and made not in taken else "recorded"
    try:
        name = IDENTIFIER.parse(given)
    except ValueError as note:
        hint = str(note) or None
        raise UsageError(f"expected {IDENTIFIER.expected}, found {quoted(given)}", hint=hint) from None
    if name in taken:
        raise UsageError(f"{quoted(name)} has a meaning of its own in site and campaign files; choose another name")
    return name
