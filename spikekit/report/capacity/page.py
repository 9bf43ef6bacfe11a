"""A search as one HTML file that opens offline."""

from __future__ import annotations

from spikekit.capacity.document import CapacityRun
from spikekit.capacity.words import rate
from spikekit.report import paper
from spikekit.report.capacity.reading import costs, journey_words, light, picture, read_trials


def capacity_page(search: CapacityRun) -> str:
    """The report. Everything that came from people or servers is escaped; nothing is ever fetched."""
    axis = picture(search)
    return paper.written(
        "capacity.html",
        search=search,
        light=light(search),
        axis=axis,
        ends=(rate(axis.least), rate(axis.most)),
        others=[r for r in search.reasons if r.rstrip(".") not in search.sentence],
        trials=read_trials(search),
        costs=costs(search),
        visitors=journey_words(search),
        tiles=_tiles(search),
    )


def _tiles(search: CapacityRun) -> list[tuple[str, str]]:
    """The figures that matter, each with its words."""
    tiles = []
    if search.capacity is not None:
        least = "at least, visitors/s" if search.lower_bound else "visitors/s, for ever"
        tiles.append((rate(search.capacity.visitors_per_second), least))
        tiles.append((rate(search.capacity.requests_per_second), "requests/s are that"))
    if search.cold is not None and search.cold.warm_up_seconds > 0:
        seconds = f"{search.cold.warm_up_seconds:.0f} s"
        tiles.append((rate(search.cold.visitors_per_second), f"visitors/s from idle, for the first {seconds} at most"))
    if search.behaviour != "unknown":
        tiles.append((search.behaviour.value.replace("_", " "), "is what it does past that"))
    if search.bottleneck is not None:
        tiles.append((search.bottleneck, "gives way first"))
    return tiles
