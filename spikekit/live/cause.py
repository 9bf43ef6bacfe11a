"""What caused a spike, in one sentence that a marketer can repeat."""

from __future__ import annotations

from spikekit.files.echo import escaped
from spikekit.live.spike import ENTRIES, Spike, SpikeKind
from spikekit.traffic import source
from spikekit.wording import about

_WHO = {
    SpikeKind.CROWD: "people, not bots",
    SpikeKind.BOTS: "bots, not people",
    SpikeKind.ATTACK: "an attack, not visitors",
    SpikeKind.UNKNOWN: "people or bots, it cannot be told yet",
}
_FROM = {
    source.DIRECT: "from nowhere (typed, an app, or a mail)",
    source.UNKNOWN: "of visits whose beginning is not in the log",
    source.OTHER: "from many small sites",
    source.SEARCH: "from search engines",
    source.SEARCH_ADS: "from search advertisements",
    source.MAIL: "from mail",
    source.LINK_PREVIEWS: "by machines that fetch links which somebody posted",
    source.MAIL_SCANNERS: "by mail scanners",
    source.CRAWLERS: "by crawlers",
    source.BOTS: "by programs",
}
LONGEST = 80


def cause(spike: Spike, *, campaign: str | None = None, standing: str | None = None) -> str:
    """``240 visitors a minute from https://t.co/Qx1 on /books/42; people, not bots; not one of ours``.

    ``campaign`` is the declared campaign's name, ``standing`` how it compares with its forecast.
    """
    noun = "visitors" if spike.counted == ENTRIES else "requests"
    much = f"{about(spike.per_minute)} {noun} a minute"
    where = f" on {escaped(spike.page)[:LONGEST]}" if spike.page and spike.counted == ENTRIES else ""
    if spike.declared:
        return f"{campaign or spike.source}: {much}{where}{'; ' + standing if standing else ''}"
    return f"{much} {_came_from(spike)}{where}; {_WHO[spike.kind]}; not one of ours"


def _came_from(spike: Spike) -> str:
    if spike.referrer and spike.source not in (source.SEARCH, source.DIRECT, source.UNKNOWN, *source.MACHINES):
        return f"from {escaped(spike.referrer)[:LONGEST]}"
    return _FROM.get(spike.source, f"from {escaped(spike.source)}")
