"""What the lines of a spike say of who sends them: a crowd, bots or an attack, with the reasons in words.

People come from many addresses with many browsers, load what pages need and read on. Programs do not; those that are
refused much, write much to one place or ask for ever new addresses of one page mean harm, or do it.
Each sign has a weight (judgement); the kind with most wins if it leads by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import mean, pvariance

from spikekit.files.echo import escaped
from spikekit.live.spike import REQUESTS, Spike, SpikeKind
from spikekit.live.witness import Testimony, Visitor
from spikekit.traffic.source import MACHINES
from spikekit.wording import percent, plural

LEAST_ROWS = 20
LEAD = 1.0
SURE = 0.7
"""Of what is too many so much is looked at: the rest may be anybody."""
MOST_READ = 40
"""Nobody reads more pages in two minutes."""

Sign = tuple[SpikeKind, float, str]


def judge(spike: Spike, seen: Testimony) -> tuple[SpikeKind, tuple[str, ...]]:
    """The kind of a spike and the reasons for it; ``unknown`` where too little was seen or the signs disagree."""
    if spike.source in MACHINES:
        return SpikeKind.BOTS, ("their user agents say that they are programs",)
    if seen.rows < LEAST_ROWS:
        few = f"only {plural(seen.rows, 'line')}" if seen.rows else "none"
        return SpikeKind.UNKNOWN, (f"{few} of theirs could be looked at",)
    if spike.counted == REQUESTS and spike.per_minute > spike.usual_per_minute:
        # Among the usual visitors are those who make the difference: whoever asks most.
        seen = seen.busiest(SURE * (1 - spike.usual_per_minute / spike.per_minute))
    signs = list(_signs(seen))
    weights = {kind: sum(w for k, w, _ in signs if k is kind) for kind in SpikeKind if kind is not SpikeKind.UNKNOWN}
    first, second = sorted(weights, key=lambda kind: -weights[kind])[:2]
    if weights[first] - weights[second] < LEAD:
        return SpikeKind.UNKNOWN, tuple(reason for _, _, reason in signs)
    return first, tuple(reason for kind, _, reason in signs if kind is first)


def _signs(seen: Testimony) -> Iterator[Sign]:
    yield from _who(seen.visitors)
    yield from _what_they_load(seen)
    yield from _harm(seen.visitors)
    if seen.rows > 100 and unevenness(seen.visitors) < 0.4:
        yield SpikeKind.BOTS, 1.5, "they come as evenly as a clock"


def _who(visitors: Sequence[Visitor]) -> Iterator[Sign]:
    addresses, agents = effective(v.address for v in visitors), effective(v.agent for v in visitors)
    count = len({v.address for v in visitors})
    each = sum(v.rows for v in visitors) / max(count, 1)
    if addresses >= 30:
        yield SpikeKind.CROWD, 1.0, f"{count:,} addresses"
    elif each > 30:
        sent = f"{count:,} addresses sent {each:,.0f} requests each"
        yield SpikeKind.BOTS, 1.5, f"one address sent {each:,.0f} requests" if count == 1 else sent
    if agents >= 6:
        yield SpikeKind.CROWD, 1.0, f"{len({v.agent for v in visitors}):,} kinds of browsers"
    elif agents < 3 and (len(visitors) >= 20 or each > 30):
        yield SpikeKind.BOTS, 1.0, "hardly more than one user agent"


def _what_they_load(seen: Testimony) -> Iterator[Sign]:
    visitors = seen.visitors
    with_parts = sum(1 for v in visitors if v.parts) / max(len(visitors), 1)
    logged = seen.other_rows < LEAST_ROWS or seen.other_parts > 0.05 * seen.other_rows
    if with_parts > 0.5:
        yield SpikeKind.CROWD, 2.0, f"{_percent(with_parts)} load styles and pictures"
    elif with_parts < 0.1 and logged:
        yield SpikeKind.BOTS, 2.0, "they load no styles and pictures"
    read_on = sum(1 for v in visitors if 1 < len(set(v.pages)) < MOST_READ) / max(len(visitors), 1)
    if read_on > 0.1:
        yield SpikeKind.CROWD, 1.0, f"{_percent(read_on)} read on"


def _harm(visitors: Sequence[Visitor]) -> Iterator[Sign]:
    rows = sum(v.rows for v in visitors) or 1
    refused = sum((v.refused for v in visitors), Counter[bytes]())
    if refused.total() > 0.3 * rows:
        most = refused.most_common(1)[0][0].decode("ascii", "replace")
        yield SpikeKind.ATTACK, 3.0, f"{_percent(refused.total() / rows)} were refused, most with {most}"
    pages = Counter(page for v in visitors for page in v.pages)
    writes = sum(v.writes for v in visitors)
    if writes > 0.5 * rows:
        where = f", most to {escaped(pages.most_common(1)[0][0].decode('utf-8', 'replace'))}" if pages else ""
        yield SpikeKind.ATTACK, 3.0, f"{_percent(writes / rows)} write (POST and the like){where}"
    queries = set[bytes]().union(*(v.queries for v in visitors))
    one = pages.most_common(1)[0][1] if pages else 0
    if one > 0.8 * rows and len(queries) > 0.8 * pages.total():
        yield SpikeKind.ATTACK, 4.0, "one page, each time with a query nobody asked for before, and nothing else"


def unevenness(visitors: Sequence[Visitor]) -> float:
    """Variance over mean of the requests in each second: 1 for chance, far less for a metronome."""
    seconds = sum((v.seconds for v in visitors), Counter[int]())
    counts = [seconds[s] for s in range(min(seconds, default=0) + 1, max(seconds, default=0))]
    return pvariance(counts) / mean(counts) if len(counts) >= 10 and mean(counts) else 1.0


def _percent(share: float) -> str:
    return percent(round(share, 2))


def effective(things: Iterable[bytes]) -> float:
    """How many different things there are, the rare ones counting little: 1 / Σ share²."""
    counts = Counter(things)
    total = counts.total()
    return 1 / sum((c / total) ** 2 for c in counts.values()) if total else 0.0
