"""Does a lone visitor get the page as quickly as a crowd is to get it?"""

from __future__ import annotations

from collections.abc import Iterator

from spikekit.preflight.finding import Finding, Weight
from spikekit.preflight.visit import Visit
from spikekit.site.model import Objectives
from spikekit.wording import duration, told_apart

_HINT = "make the page quicker; or, if visitors may wait so long, say so under objectives.latency in site.yaml"


def waiting_findings(seen: Visit, objectives: Objectives) -> Iterator[Finding]:
    """What a lone visitor waits for the page, held against the strictest of what is demanded under load.

    The quickest of several answers counts, up to its first byte and without redirects: who misses with that misses with
    everything. The first in each way only fills caches, and is left out.
    """
    plain, clicked = ([answer.seconds for answer in answers[1:]] for answers in (seen.plain, seen.clicked))
    if not plain or not objectives.latency:
        return
    ratio, limit = min(objectives.latency, key=lambda demanded: demanded[1])
    quickest, with_click = min(plain + clicked), min(clicked or plain)
    weight, who, end = Weight.FINE, "a lone visitor", ""
    if quickest > limit:
        weight, end = Weight.PROBLEM, ": no load can meet what a single visitor misses"
    elif with_click > limit:
        weight, who, end = Weight.WARNING, "a lone visitor with a click id", ": who comes by such a link misses that"
    yield Finding(
        name="objectives",
        weight=weight,
        text=f"{who} waits {told_apart(with_click, limit, duration)} for the page at least, and {100 * ratio:g} % of a "
        f"crowd are to have it within {duration(limit)}{end}",
        hint=None if weight is Weight.FINE else _HINT,
        figures={"page_seconds": quickest, "click_id_seconds": with_click, "limit_seconds": limit},
    )
