"""The tables of ``docs/reference-files.md``, made from the schema. ``python -m tests.files.reference`` writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spikekit.campaign.declared import CampaignFile
from spikekit.campaign.kinds import COMMON, RULES
from spikekit.files.schema import ListOf, MapOf, Nested, OneOf, Record
from spikekit.site.declared import SiteFile
from spikekit.site.pause import PauseReader

PAGE = Path(__file__).parents[2] / "docs" / "reference-files.md"
BLOCK = re.compile(r"(<!-- keys: (.+?) -->\n).*?(<!-- end -->)", re.DOTALL)


def records(root: type[Record]) -> Iterator[type[Record]]:
    """A record and every record its keys hold, in the order they are declared."""
    yield root
    for declared in root.keys.values():
        yield from _inside(declared.reader)


def _inside(reader: Any) -> Iterator[type[Record]]:
    match reader:
        case Nested() | PauseReader():
            yield from records(reader.record)
        case ListOf():
            yield from _inside(reader.item)
        case MapOf():
            yield from _inside(reader.value)
        case OneOf():
            yield from _inside(reader.mapping)


ALL: dict[str, type[Record]] = {r.noun: r for root in (CampaignFile, SiteFile) for r in records(root)}


def table(record: type[Record]) -> str:
    """One row a key: meaning, value with its unit, default, example."""
    lines = ["| key | meaning | value | without it | example |", "|---|---|---|---|---|"]
    for name, key in record.keys.items():
        without = "**required**" if key.required else key.otherwise or "–"
        cells = (f"`{name}`", key.meaning, key.reader.expected, without, f"`{key.example}`")
        lines.append(f"| {' | '.join(c.replace('|', chr(92) + '|') for c in cells)} |")
    return "\n".join(lines) + "\n"


def kinds() -> str:
    """One row a kind of channel: what it needs and what else it takes."""
    lines = ["| kind | needs | may have |", "|---|---|---|"]
    for kind, rule in RULES.items():
        needs = [f"`{n}`" for n in rule.needs] + (["`audience` or `clicks`"] if rule.needs_size else [])
        may = sorted(rule.allowed - COMMON - set(rule.needs) - ({"audience", "clicks"} if rule.needs_size else set()))
        cells = (f"`{kind.value}`", ", ".join(needs) or "–", ", ".join(f"`{m}`" for m in may) or "–")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def rendered(page: str) -> str:
    """The page with every table as the schema has it now."""
    return BLOCK.sub(lambda m: m[1] + (kinds() if m[2] == "kinds" else table(ALL[m[2]])) + m[3], page)


if __name__ == "__main__":
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
