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
from numpy.typing import NDArray

from spikekit.live.baselines import Baselines, Floats, Surprise
from spikekit.live.spike import ENTRIES, REQUESTS, Spike
from spikekit.traffic.second import Second
from spikekit.traffic.source import DIRECT, LINK_PREVIEWS, MACHINES, MAIL_SCANNERS, OTHER, UNKNOWN

STEP_SECONDS = 10
WINDOWS = (1, 3, 6, 30)
MINUTE_STEPS = 6

RATIO = 3.0
LEAST_EXCESS = 20.0
LEAST_EXCESS_OF_NAMED = 120.0
"""Requests of a named source, such as x: its entries tell a crowd sooner, and three visitors who read on are none."""
LEAST_SHARE = 0.02
"""Of all requests: what is less than this of a busy site's traffic alarms nobody."""
LEAST_DEVIATES = 5.0
"""Chosen, as ``RATIO`` is, on drills and half of a load balancer's trace, judged by others: ``docs/design/live.md``."""

CALM_RATIO = 2.0
CALM_SECONDS = 300
ADOPTED_SECONDS = 3 * 3_600
"""After so long it is no spike any more but how things are."""

COMPANIONS = (LINK_PREVIEWS, MAIL_SCANNERS)
"""Machines that come because somebody posted or mailed a link: a sign of a spike, not one of their own."""

MOST_PAGES = 200
LEAST_ENTRIES = 3
"""Entries in one step with which a page gets a baseline of its own."""

STANDS_STILL_SECONDS = 3_600
"""After a longer silence the clock goes on without learning that nothing came."""

Key = tuple[str, str]
"""What is counted (``entries``, ``requests``, ``page``) and of which source or page."""
PAGE = "page"


class Detector:
    """Feed it every second once (``add``), and say up to when they are all there (``settle``).

    ``campaigns`` are the sources that were declared, with the pages to which they lead.
    """

    def __init__(
        self, campaigns: Mapping[str, Iterable[str]] | None = None, *, least_deviates: float = LEAST_DEVIATES
    ) -> None:
        self._campaigns = {name: frozenset(pages) for name, pages in (campaigns or {}).items()}
        self._least = least_deviates
        self._baselines = Baselines(STEP_SECONDS, WINDOWS)
        self._keys: dict[Key, int] = {}
        self._pages = 0
        self._open: dict[int, Counter[Key]] = {}
        self._arrivals: dict[int, Counter[tuple[str, str]]] = {}
        self._lately: deque[Counter[tuple[str, str]]] = deque(maxlen=MINUTE_STEPS)
        self._open_clicks: dict[int, Counter[str]] = {}
        self._clicks: deque[Counter[str]] = deque(maxlen=MINUTE_STEPS)
        self._next: int | None = None
        self._calm_since: dict[str, int] = {}
        self._usual: dict[str, dict[Key, float]] = {}
        self.active: list[Spike] = []

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
            if each.machine_clicks:
                self._open_clicks.setdefault(at, Counter())[name] += each.machine_clicks
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
        self._clicks.append(self._open_clicks.pop(at, Counter()))
        row = self._row(counts)
        surprise = self._baselines.step_on(at * STEP_SECONDS, row, self._frozen())
        now = (at + 1) * STEP_SECONDS
        changed: dict[str, Spike] = {}
        for key in sorted(self._too_many(surprise), key=self._order):
            spike = self._seen(key, surprise, now)
            changed[spike.id] = spike
        for spike in list(self.active):
            if self._grew(spike, counts) or self._is_over(spike, now):
                changed[spike.id] = spike
        yield from changed.values()

    def _order(self, key: Key) -> int:
        """Campaigns first and machines last: the ones may explain the others."""
        return 0 if key[1] in self._campaigns else 1 + (key[1] in MACHINES)

    def _row(self, counts: Mapping[Key, int]) -> Floats:
        for key, count in counts.items():
            if key not in self._keys and self._deserves(key, count):
                self._keys[key] = len(self._keys)
                self._pages += key[0] == PAGE
                self._baselines.grow(len(self._keys), level=self._level_before(key))
        row = np.zeros(len(self._keys))
        for key, count in counts.items():
            if key in self._keys:
                row[self._keys[key]] = count
        return row

    def _deserves(self, key: Key, count: int) -> bool:
        return key[0] != PAGE or (key[1] != OTHER and count >= LEAST_ENTRIES and self._pages < MOST_PAGES)

    def _level_before(self, key: Key) -> float:
        """What was usual of a count that begins only now: sites with names of their own were ``other`` before."""
        what, name = key
        if what == PAGE:
            return float(LEAST_ENTRIES) / 2
        other = self._keys.get((what, OTHER))
        return self._baselines.level(other) if "." in name and other is not None else 0.0

    def _frozen(self) -> Any:
        """The counts of what is spiking, which are not usual."""
        spiking = {key for usual in self._usual.values() for key in usual}
        names = {spike.source for spike in self.active}
        return np.array([key in spiking or (key[0] != PAGE and key[1] in names) for key in self._keys], dtype=np.bool_)

    def _too_many(self, surprise: Surprise) -> list[Key]:
        excess = surprise.count - surprise.usual
        requests = [i for (what, _), i in self._keys.items() if what == REQUESTS]
        totals = {w: float(self._baselines.sums(w)[requests].sum()) for w in WINDOWS}
        least = np.maximum(LEAST_EXCESS, LEAST_SHARE * np.array([totals[int(w)] for w in surprise.steps]))
        # An entry brings its assets and further pages with it: as many requests are worth less.
        weight = np.array([1.0 if what == REQUESTS else 5.0 for what, _ in self._keys])
        found = is_too_many(surprise, self._least) & (excess * weight >= least)
        named = np.array([self._is_named(key) for key in self._keys], dtype=np.bool_)
        found &= ~named | (excess >= LEAST_EXCESS_OF_NAMED)
        # What was too much five minutes ago and has gone is no news.
        per_minute = surprise.usual / surprise.steps * MINUTE_STEPS
        found &= self._baselines.sums(MINUTE_STEPS) >= CALM_RATIO * per_minute + 5
        return [key for key, i in self._keys.items() if found[i]]

    def _is_named(self, key: Key) -> bool:
        """Requests of a source that people come from, by its name, and that nobody declared."""
        what, name = key
        return what == REQUESTS and name not in self._campaigns and name not in (DIRECT, UNKNOWN, *MACHINES)

    def _seen(self, key: Key, surprise: Surprise, now: int) -> Spike:
        """The spike that a count belongs to: the one that goes on, or a new one."""
        what, name = key
        source, page = self._whose(name) if what == PAGE else (self._sent(name), self._page_of(name))
        place, minutes = self._keys[key], STEP_SECONDS / 60
        spike = self._known(key, source, page)
        if spike is None:
            spike = Spike(
                source=source,
                declared=source in self._campaigns,
                started=self._began(place, surprise, now),
                found=now,
                latest=now,
                counted=REQUESTS if what == REQUESTS else ENTRIES,
                page=page,
            )
            self.active.append(spike)
        self._calm_since.pop(spike.id, None)
        spike.latest = now
        usual = float(surprise.usual[place] / (surprise.steps[place] * minutes))
        self._usual.setdefault(spike.id, {}).setdefault(key, usual)
        if source == spike.source:
            self._measure(spike, what, float(surprise.count[place] / (surprise.steps[place] * minutes)), usual)
        return spike

    def _known(self, key: Key, source: str, page: str | None) -> Spike | None:
        """The spike that goes on to which a count belongs."""
        what, name = key
        for spike in self.active:
            same_page = page is None or spike.page is None or page == spike.page
            if key in self._usual.get(spike.id, {}) or (spike.source == source and (what != PAGE or same_page)):
                return spike
        for spike in self.active:
            # What comes to a campaign's page while it spikes, and machines that look at what was posted, are its own.
            if spike.source in self._campaigns and page in self._campaigns[spike.source]:
                return spike
            if name in COMPANIONS and spike.source not in MACHINES:
                return spike
        return None

    def _measure(self, spike: Spike, what: str, per_minute: float, usual: float) -> None:
        """Entries say how many people: they are told rather than requests where both are too many."""
        counted = REQUESTS if what == REQUESTS else ENTRIES
        if spike.counted != counted and counted == ENTRIES:
            spike.counted, spike.per_minute = ENTRIES, 0.0
        if spike.counted == counted and per_minute > spike.per_minute:
            spike.per_minute, spike.usual_per_minute = per_minute, usual

    def _whose(self, page: str) -> Key:
        """The source of most of a page's entries lately, and the page."""
        names = Counter[str]()
        for arrivals in self._lately:
            for (name, where), entries in arrivals.items():
                if where == page:
                    names[name] += entries
        return (names.most_common(1)[0][0] if names else OTHER), page

    def _sent(self, source: str) -> str:
        """Who is behind a source's requests: a campaign whose links machines follow, or the source itself."""
        place = self._keys.get((REQUESTS, source))
        clicks = sum(self._clicks, Counter[str]())
        if source in COMPANIONS and clicks and place is not None:
            name, most = clicks.most_common(1)[0]
            if 2 * most >= self._baselines.sums(MINUTE_STEPS)[place]:
                return name
        return source

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
        """The step since which most speaks for the rate that is seen now and against the usual one.

        Of counts ``x`` the logarithm of their likelihoods' ratio is ``Σ x ln(seen / usual) − (seen − usual)``.
        """
        usual, seen = surprise.usual[place] / surprise.steps[place], surprise.count[place] / surprise.steps[place]
        recent = self._baselines.recent(place)[::-1]
        evidence = np.cumsum(recent * np.log(seen / usual) - (seen - usual))
        return now - (int(evidence.argmax()) + 1) * STEP_SECONDS

    def _grew(self, spike: Spike, counts: Mapping[Key, int]) -> bool:
        rate = counts.get((REQUESTS, spike.source), 0) / STEP_SECONDS
        grew = rate > 1.2 * spike.peak_requests_per_second
        spike.peak_requests_per_second = max(spike.peak_requests_per_second, rate)
        return grew

    def _is_over(self, spike: Spike, now: int) -> bool:
        """Whether all that was too many has been calm for five minutes, or has become usual."""
        sums, usual = self._baselines.sums(MINUTE_STEPS), self._usual[spike.id]
        adopted = now - spike.started > ADOPTED_SECONDS
        if adopted:
            for key in usual:
                self._baselines.adopt(self._keys[key])
        elif any(sums[self._keys[key]] > CALM_RATIO * level + 5 for key, level in usual.items()):
            self._calm_since.pop(spike.id, None)
            return False
        since = self._calm_since.setdefault(spike.id, now)
        if now - since < CALM_SECONDS and not adopted:
            return False
        # The minute that is calm began a minute before.
        spike.ended = max(since - STEP_SECONDS * MINUTE_STEPS, spike.started + STEP_SECONDS)
        self.active.remove(spike)
        del self._usual[spike.id], self._calm_since[spike.id]
        return True

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs, as plain JSON values."""
        return {
            "baselines": self._baselines.state(),
            "keys": list(self._keys),
            "open": [[at, _pairs(counts)] for at, counts in self._open.items()],
            "arrivals": [[at, _pairs(counts)] for at, counts in self._arrivals.items()],
            "lately": [_pairs(counts) for counts in self._lately],
            "open_clicks": [[at, dict(clicks)] for at, clicks in self._open_clicks.items()],
            "clicks": [dict(clicks) for clicks in self._clicks],
            "next": self._next,
            "calm_since": self._calm_since,
            "usual": [[name, _pairs(usual)] for name, usual in self._usual.items()],
            "active": [spike.state() for spike in self.active],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        self._baselines.restore(state["baselines"])
        self._keys = {(what, name): i for i, (what, name) in enumerate(state["keys"])}
        self._pages = sum(what == PAGE for what, _ in self._keys)
        self._open = {at: _counted(pairs) for at, pairs in state["open"]}
        self._arrivals = {at: _counted(pairs) for at, pairs in state["arrivals"]}
        self._lately = deque((_counted(pairs) for pairs in state["lately"]), maxlen=MINUTE_STEPS)
        self._open_clicks = {at: Counter(clicks) for at, clicks in state["open_clicks"]}
        self._clicks = deque(map(Counter, state["clicks"]), maxlen=MINUTE_STEPS)
        self._next, self._calm_since = state["next"], dict(state["calm_since"])
        self._usual = {name: {(what, of): level for what, of, level in pairs} for name, pairs in state["usual"]}
        self.active = [Spike.of(spike) for spike in state["active"]]


def is_too_many(surprise: Surprise, least_deviates: float, ratio: float = RATIO) -> NDArray[np.bool_]:
    """Which counts are a spike by their surprise, their multiple of the usual and their excess over it."""
    result: NDArray[np.bool_] = (
        (surprise.z >= least_deviates)
        & (surprise.count >= ratio * surprise.usual)
        & (surprise.count - surprise.usual >= LEAST_EXCESS)
    )
    return result


def _pairs(counts: Mapping[tuple[str, str], float]) -> list[Any]:
    return [[*key, count] for key, count in counts.items()]


def _counted(pairs: Iterable[Any]) -> Counter[tuple[str, str]]:
    return Counter({(first, second): count for first, second, count in pairs})
