"""Seconds → spikes: more from one source, or to one landing page, than what is usual there lets expect.

A spike is found when one count (a source's entries or requests, a page's entries) is at least ``RATIO`` times usual,
at least ``LEAST_EXCESS`` more, and more surprising than ``LEAST_DEVIATES``, in ten seconds, thirty, a minute or five.
It is over when it was below twice usual for five minutes.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from spikekit.live.baselines import Baselines, Floats, Surprise
from spikekit.live.spike import Spike
from spikekit.traffic.second import Second
from spikekit.traffic.source import OTHER

STEP_SECONDS = 10
WINDOWS = (1, 3, 6, 30)
MINUTE_STEPS = 6

RATIO = 3.0
LEAST_EXCESS = 20.0
LEAST_SHARE = 0.02
"""Of all requests: what is less than this of a busy site's traffic alarms nobody."""
LEAST_DEVIATES = 5.0
"""Chosen on drills and on a load balancer's trace, where it gives fewer than two false alarms a week (benchmark)."""

CALM_RATIO = 2.0
CALM_SECONDS = 300
ADOPTED_SECONDS = 6 * 3_600
"""After so long it is no spike any more but how things are."""

MOST_PAGES = 200
LEAST_ENTRIES = 3
"""Entries in one step with which a page gets a baseline of its own."""

STANDS_STILL_SECONDS = 3_600
"""After a longer silence the clock goes on without learning that nothing came."""

ENTRIES, REQUESTS = "entries", "requests"
Key = tuple[str, str]
"""What is counted (``entries``, ``requests``, ``page``) and of which source or page."""
PAGE = "page"


class Detector:
    """Feed it every second once (``add``), and say up to when they are all there (``settle``).

    ``campaigns`` are the sources that were declared.
    """

    def __init__(self, campaigns: Iterable[str] = (), *, least_deviates: float = LEAST_DEVIATES) -> None:
        self._campaigns = frozenset(campaigns)
        self._least = least_deviates
        self._baselines = Baselines(STEP_SECONDS, WINDOWS)
        self._keys: dict[Key, int] = {}
        self._pages = 0
        self._open: dict[int, Counter[Key]] = {}
        self._arrivals: dict[int, Counter[tuple[str, str]]] = {}
        self._lately: deque[Counter[tuple[str, str]]] = deque(maxlen=MINUTE_STEPS)
        self._next: int | None = None
        self._calm_since: dict[str, int] = {}
        self.active: dict[str, Spike] = {}

    def add(self, second: Second) -> None:
        """Count a second; what comes long after its step is over is too late to be a spike."""
        at = second.at // STEP_SECONDS
        if self._next is not None and at < self._next:
            return
        counts = self._open.setdefault(at, Counter())
        for name, each in second.sources.items():
            counts[(REQUESTS, name)] += each.requests
            if each.entries:
                counts[(ENTRIES, name)] += each.entries
        arrivals = self._arrivals.setdefault(at, Counter())
        for (name, page), entries in second.arrivals.items():
            counts[(PAGE, page)] += entries
            arrivals[(name, page)] += entries

    def settle(self, until: int) -> Iterator[Spike]:
        """Judge the steps that end by ``until`` (seconds since 1970); yields spikes that began, grew or ended."""
        last = until // STEP_SECONDS
        if self._next is None:
            self._next = min(self._open, default=last)
        while self._next < last:
            ahead = min(self._open, default=last)
            if ahead - self._next > STANDS_STILL_SECONDS // STEP_SECONDS:
                self._next = ahead - WINDOWS[-1]
            yield from self._judge(self._next)
            self._next += 1

    def _judge(self, at: int) -> Iterator[Spike]:
        counts, arrivals = self._open.pop(at, Counter()), self._arrivals.pop(at, Counter())
        self._lately.append(arrivals)
        row = self._row(counts)
        surprise = self._baselines.step_on(at * STEP_SECONDS, row, self._frozen())
        now = (at + 1) * STEP_SECONDS
        changed: dict[str, Spike] = {}
        for key in self._too_many(surprise):
            spike = self._seen(key, surprise, now)
            changed[spike.source] = spike
        for spike in list(self.active.values()):
            if self._grew(spike, counts) or self._is_over(spike, now):
                changed[spike.source] = spike
        yield from changed.values()

    def _row(self, counts: Mapping[Key, int]) -> Floats:
        for key, count in counts.items():
            if key not in self._keys and self._deserves(key, count):
                self._keys[key] = len(self._keys)
                self._pages += key[0] == PAGE
        self._baselines.grow(len(self._keys))
        row = np.zeros(len(self._keys))
        for key, count in counts.items():
            if key in self._keys:
                row[self._keys[key]] = count
        return row

    def _deserves(self, key: Key, count: int) -> bool:
        return key[0] != PAGE or (key[1] != OTHER and count >= LEAST_ENTRIES and self._pages < MOST_PAGES)

    def _frozen(self) -> Any:
        """The counts of what is spiking, which are not usual."""
        pages = {spike.page for spike in self.active.values()}
        return np.array(
            [(name in pages) if what == PAGE else (name in self.active) for what, name in self._keys], dtype=np.bool_
        )

    def _too_many(self, surprise: Surprise) -> list[Key]:
        excess = surprise.count - surprise.usual
        requests = [i for (what, _), i in self._keys.items() if what == REQUESTS]
        totals = {w: float(self._baselines.sums(w)[requests].sum()) for w in WINDOWS}
        least = np.maximum(LEAST_EXCESS, LEAST_SHARE * np.array([totals[int(w)] for w in surprise.steps]))
        # An entry brings its assets and further pages with it: as many requests are worth less.
        found = (surprise.z >= self._least) & (surprise.count >= RATIO * surprise.usual)
        weight = np.array([1.0 if what == REQUESTS else 5.0 for what, _ in self._keys])
        found &= (excess >= LEAST_EXCESS) & (excess * weight >= least)
        return [key for key, i in self._keys.items() if found[i]]

    def _seen(self, key: Key, surprise: Surprise, now: int) -> Spike:
        """The spike that a count belongs to: the one that goes on, or a new one."""
        what, name = key
        source, page = self._whose(name) if what == PAGE else (name, self._page_of(name))
        spike = self.active.get(source)
        self._calm_since.pop(source, None)
        place, minutes = self._keys[key], STEP_SECONDS / 60
        if spike is None:
            spike = self.active[source] = Spike(
                source=source,
                declared=source in self._campaigns,
                started=self._began(place, surprise, now),
                found=now,
                counted=REQUESTS if what == REQUESTS else ENTRIES,
                page=page,
            )
        if what == REQUESTS or spike.counted == ENTRIES:
            counted, steps = (surprise.count[place], int(surprise.steps[place]))
            if what != REQUESTS or spike.counted == REQUESTS:
                spike.per_minute = max(spike.per_minute, float(counted / (steps * minutes)))
                spike.usual_per_minute = float(surprise.usual[place] / (steps * minutes))
        if what != REQUESTS:
            # Entries say how many people: they are told rather than requests where both are too many.
            spike.counted, spike.page = ENTRIES, spike.page or page
        return spike

    def _whose(self, page: str) -> Key:
        """The source of most of a page's entries lately, and the page."""
        names = Counter[str]()
        for arrivals in self._lately:
            for (name, where), entries in arrivals.items():
                if where == page:
                    names[name] += entries
        return (names.most_common(1)[0][0] if names else OTHER), page

    def _page_of(self, source: str) -> str | None:
        """The page on which at least half of a source's entries came lately."""
        pages = Counter[str]()
        for arrivals in self._lately:
            for (name, where), entries in arrivals.items():
                if name == source:
                    pages[where] += entries
        most = pages.most_common(1)
        return most[0][0] if most and 2 * most[0][1] >= pages.total() and most[0][0] != OTHER else None

    def _began(self, place: int, surprise: Surprise, now: int) -> int:
        """The first of the latest steps in a row with more than twice as many as usual."""
        usual = surprise.usual[place] / surprise.steps[place]
        recent = self._baselines.recent(place)[::-1]
        high = CALM_RATIO * usual + 1
        length = 0
        for back in range(len(recent)):
            if recent[back] > high:
                length = back + 1
            elif back + 1 < len(recent) and recent[back + 1] <= high:
                break
        return now - max(length, 1) * STEP_SECONDS

    def _grew(self, spike: Spike, counts: Mapping[Key, int]) -> bool:
        rate = counts.get((REQUESTS, spike.source), 0) / STEP_SECONDS
        grew = rate > 1.2 * spike.peak_requests_per_second
        spike.peak_requests_per_second = max(spike.peak_requests_per_second, rate)
        return grew

    def _is_over(self, spike: Spike, now: int) -> bool:
        place = self._keys.get((spike.counted, spike.source))
        page = self._keys.get((PAGE, spike.page or ""))
        still = any(
            self._baselines.sums(MINUTE_STEPS)[p] > CALM_RATIO * max(spike.usual_per_minute, 1.0) + 5
            for p in (place, page)
            if p is not None
        )
        if now - spike.started > ADOPTED_SECONDS:
            still = False
            for p in (place, page):
                if p is not None:
                    self._baselines.adopt(p)
        if still:
            self._calm_since.pop(spike.source, None)
            return False
        since = self._calm_since.setdefault(spike.source, now)
        if now - since < CALM_SECONDS and now - spike.started <= ADOPTED_SECONDS:
            return False
        spike.ended = max(since - STEP_SECONDS * MINUTE_STEPS // 2, spike.started + STEP_SECONDS)
        del self.active[spike.source], self._calm_since[spike.source]
        return True

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs, as plain JSON values."""
        return {
            "baselines": self._baselines.state(),
            "keys": list(self._keys),
            "open": [[at, _pairs(counts)] for at, counts in self._open.items()],
            "arrivals": [[at, _pairs(counts)] for at, counts in self._arrivals.items()],
            "lately": [_pairs(counts) for counts in self._lately],
            "next": self._next,
            "calm_since": self._calm_since,
            "active": [spike.state() for spike in self.active.values()],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        self._baselines.restore(state["baselines"])
        self._keys = {(what, name): i for i, (what, name) in enumerate(state["keys"])}
        self._pages = sum(what == PAGE for what, _ in self._keys)
        self._open = {at: _counted(pairs) for at, pairs in state["open"]}
        self._arrivals = {at: _counted(pairs) for at, pairs in state["arrivals"]}
        self._lately = deque((_counted(pairs) for pairs in state["lately"]), maxlen=MINUTE_STEPS)
        self._next, self._calm_since = state["next"], dict(state["calm_since"])
        self.active = {spike["source"]: Spike.of(spike) for spike in state["active"]}


def _pairs(counts: Mapping[tuple[str, str], int]) -> list[Any]:
    return [[*key, count] for key, count in counts.items()]


def _counted(pairs: Iterable[Any]) -> Counter[tuple[str, str]]:
    return Counter({(first, second): count for first, second, count in pairs})
