"""What the lines of a spike say of who sends them: a crowd, bots or an attack, with the reasons in words.

People come from many addresses with many browsers, load what pages need and read on. Programs do not; those that are
refused much, write much to one place or ask for ever new addresses of one page mean harm, or do it.
Each sign has a weight (judgement); the kind with most wins if it leads by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from spikekit.live.spike import Spike, SpikeKind
from spikekit.live.witness import Testimony
from spikekit.traffic.source import MACHINES
from spikekit.wording import percent

LEAST_ROWS = 20
LEAD = 1.0

Sign = tuple[SpikeKind, float, str]


def judge(spike: Spike, seen: Testimony) -> tuple[SpikeKind, tuple[str, ...]]:
    """The kind of a spike and the reasons for it; ``unknown`` where too little was seen or the signs disagree."""
    if spike.source in MACHINES:
        return SpikeKind.BOTS, ("their user agents say that they are programs",)
    if seen.rows < LEAST_ROWS:
        return SpikeKind.UNKNOWN, (f"only {seen.rows} of their lines could be looked at",)
    signs = list(_signs(seen))
    weights = {kind: sum(w for k, w, _ in signs if k is kind) for kind in SpikeKind if kind is not SpikeKind.UNKNOWN}
    first, second = sorted(weights, key=lambda kind: -weights[kind])[:2]
    if weights[first] - weights[second] < LEAD:
        return SpikeKind.UNKNOWN, tuple(reason for _, _, reason in signs)
    return first, tuple(reason for kind, _, reason in signs if kind is first)


def _signs(seen: Testimony) -> Iterator[Sign]:
    yield from _who(seen)
    yield from _what_they_load(seen)
    yield from _harm(seen)
    if seen.unevenness < 0.4 and seen.rows > 100:
        yield SpikeKind.BOTS, 1.5, "they come as evenly as a clock"


def _who(seen: Testimony) -> Iterator[Sign]:
    addresses, agents = effective(v.address for v in seen.visitors), effective(v.agent for v in seen.visitors)
    count = len({v.address for v in seen.visitors})
    each = seen.rows / max(count, 1)
    if addresses >= 30:
        yield SpikeKind.CROWD, 1.0, f"{count:,} addresses"
    elif each > 30:
        yield SpikeKind.BOTS, 1.5, f"{_few(count, 'address')} sent {each:,.0f} requests each"
    if agents >= 6:
        yield SpikeKind.CROWD, 1.0, f"{len({v.agent for v in seen.visitors}):,} kinds of browsers"
    elif len(seen.visitors) >= 20 and agents < 3:
        yield SpikeKind.BOTS, 1.5, "hardly more than one user agent"


def _what_they_load(seen: Testimony) -> Iterator[Sign]:
    with_parts = sum(1 for v in seen.visitors if v.parts) / max(len(seen.visitors), 1)
    logged = seen.other_rows < LEAST_ROWS or seen.other_parts > 0.05 * seen.other_rows
    if with_parts > 0.5:
        yield SpikeKind.CROWD, 2.0, f"{percent(round(with_parts, 2))} load styles and pictures"
    elif with_parts < 0.1 and logged:
        yield SpikeKind.BOTS, 2.0, "they load no styles and pictures"
    read_on = sum(1 for v in seen.visitors if len(set(v.pages)) > 1) / max(len(seen.visitors), 1)
    if read_on > 0.1 and effective(p for v in seen.visitors for p in v.pages[1:]) < 200:
        yield SpikeKind.CROWD, 1.0, f"{percent(round(read_on, 2))} read on"


def _harm(seen: Testimony) -> Iterator[Sign]:
    refused = seen.share(seen.refused.total())
    if refused > 0.3:
        most = seen.refused.most_common(1)[0][0].decode("ascii", "replace")
        yield SpikeKind.ATTACK, 3.0, f"{percent(round(refused, 2))} were refused, most with {most}"
    writes = seen.share(seen.writes)
    if writes > 0.5:
        yield SpikeKind.ATTACK, 3.0, f"{percent(round(writes, 2))} write (POST and the like)"
    pages = seen.paths.total()
    one = seen.paths.most_common(1)[0][1] / pages if pages else 0.0
    strange = len(seen.queries) / pages if pages else 0.0
    if one > 0.8 and strange > 0.8 and seen.parts < 0.1 * seen.rows:
        yield SpikeKind.ATTACK, 4.0, "one page, each time with a query nobody asked for before, and nothing else"


def effective(things: Iterable[bytes]) -> float:
    """How many different things there are, the rare ones counting little: 1 / Σ share²."""
    counts = Counter(things)
    total = counts.total()
    return 1 / sum((c / total) ** 2 for c in counts.values()) if total else 0.0


def _few(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 'es'}"
