"""Undeclared entries on a campaign's landing page → how likely the campaign brought them.

For each draw i of the forecast, λᵢ(t) is the campaign's rate at the page from the entry's source, and bᵢ a draw of what
came there from that source before the campaign. Draws are weighed by the last minute's counts n of each source,

    wᵢ ∝ Π NB(n; Λᵢ + 60·bᵢ, κ)        Λᵢ = ∫ λᵢ over that minute

with a negative binomial because draws are not the truth, and the entry is the campaign's with the probability

    p = Σ wᵢ λᵢ / (λᵢ + bᵢ)
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from math import exp
from typing import Any, NamedTuple

import numpy as np

from spikekit.forecast.normal import Floats
from spikekit.traffic.arrival_shares import REST
from spikekit.traffic.expected import Expected
from spikekit.traffic.judgement import Judgement
from spikekit.vocabulary import DEFAULT_SEED

STEP_SECONDS = 5
WINDOW_STEPS = 12
"""Judgements are renewed every five seconds, from the minute before."""

DISPERSION = 4.0
"""κ: counts spread about a draw as if it were known to within a half (judgement)."""

REMEMBERS_SECONDS = 3 * 3_600.0
"""What is usual is learned from the hours before a campaign."""

LEAST_SECONDS = 300.0
USUAL_PER_SECOND, USUAL_SIGMA = 0.02, 2.5
"""Before anything was learned: a page's entries from one source, anything from hardly any to a few a second."""


class _Weighed(NamedTuple):
    """A campaign's draws now: their weights, and for each flow the shares of what is said and the visitors coming."""

    campaign: str
    weights: Floats
    flows: list[tuple[Mapping[str, float], Floats]]


class _Page:
    """What comes to one landing page: usual entries by source, and those of the last minute."""

    def __init__(self) -> None:
        self.usual: Counter[str] = Counter()
        self.usual_seconds = 0.0
        self.seen: float | None = None
        self.step = 0
        self.current: Counter[str] = Counter()
        self.recent: deque[tuple[int, Counter[str]]] = deque()
        self.weighed: list[_Weighed] | None = None
        self.judged: dict[str, Judgement | None] = {}

    def learn_until(self, second: float) -> None:
        """Nothing unusual came until then."""
        if self.seen is not None and second > self.seen:
            kept = exp(-(second - self.seen) / REMEMBERS_SECONDS)
            for name in self.usual:
                self.usual[name] *= kept  # type: ignore[assignment]
            self.usual_seconds = self.usual_seconds * kept + REMEMBERS_SECONDS * (1 - kept)
        self.seen = second if self.seen is None else max(second, self.seen)

    def move_to(self, step: int) -> None:
        """Begin a step; what came in the one before can be counted now."""
        if self.current:
            self.recent.append((self.step, self.current))
        while self.recent and self.recent[0][0] < step - WINDOW_STEPS:
            self.recent.popleft()
        self.step, self.current, self.weighed, self.judged = step, Counter(), None, {}

    @property
    def window(self) -> Counter[str]:
        total: Counter[str] = Counter()
        for _, counts in self.recent:
            total += counts
        return total


class Inference:
    """Judges entries that no link declares, in the order of the log."""

    def __init__(self, expected: Sequence[Expected] = ()) -> None:
        self._expected = tuple(expected)
        self._pages = {flow.page: _Page() for one in expected for flow in one.flows}
        draws = max((flow.waves[0].start.size for one in expected for flow in one.flows if flow.waves), default=1)
        rng = np.random.default_rng(DEFAULT_SEED)
        self._normal = rng.standard_normal(draws)

    def concerns(self, page: bytes) -> bool:
        """Whether a campaign leads to the page."""
        return page in self._pages

    def judge(self, second: int, page: bytes, name: str) -> Judgement | None:
        """How likely an entry of the source ``name`` at ``page`` is a campaign's; ``None`` when none is due."""
        here = self._pages[page]
        active = [one for one in self._expected if one.begins <= second < one.ends]
        if not active:
            here.learn_until(second)
            here.usual[name] += 1
            return None
        here.learn_until(min(one.begins for one in active))
        step = second // STEP_SECONDS
        if step > here.step:
            here.move_to(step)
        if here.weighed is None:
            here.weighed = [self._weighed(one, here, page) for one in active if one.leads_to(page)]
        if name not in here.judged:
            judged = (self._judged(weighed, here, name) for weighed in here.weighed)
            here.judged[name] = max(judged, key=lambda j: j.probability, default=None)
        here.current[name] += 1
        return here.judged[name]

    def _weighed(self, one: Expected, here: _Page, page: bytes) -> _Weighed:
        """The campaign's draws at a page, weighed by the last minute."""
        now, window = here.step * STEP_SECONDS, WINDOW_STEPS * STEP_SECONDS
        at = np.array([now - window, now, now + STEP_SECONDS], dtype=np.float64)
        flows = [(shares, *counts) for shares, counts in one.visitors(page, at)]
        counts, weights = here.window, np.zeros(self._normal.size)
        for name in dict.fromkeys((*counts, *(name for shares, _, _ in flows for name in shares))):
            mean = window * self._usual(here, name) + sum(
                before * shares.get(name, REST) for shares, before, _ in flows
            )
            weights += _log_negative_binomial(counts[name], np.maximum(mean, 1e-9))
        return _Weighed(
            one.campaign, np.exp(weights - weights.max()), [(shares, coming) for shares, _, coming in flows]
        )

    def _judged(self, weighed: _Weighed, here: _Page, name: str) -> Judgement:
        coming = np.zeros(self._normal.size) + sum(count * shares.get(name, REST) for shares, count in weighed.flows)
        share = coming / (coming + STEP_SECONDS * self._usual(here, name))
        return Judgement(weighed.campaign, float(np.average(share, weights=weighed.weights)))

    def _usual(self, here: _Page, name: str) -> Floats:
        """Draws of the usual entries per second of a source at the page."""
        if here.usual_seconds < LEAST_SECONDS:
            return np.asarray(USUAL_PER_SECOND * np.exp(USUAL_SIGMA * self._normal))
        # A gamma posterior by its mean and spread: (n + ½) / T, as a lognormal.
        count = here.usual[name] + 0.5
        sigma = np.sqrt(np.log1p(1 / count))
        return np.asarray(count / here.usual_seconds * np.exp(sigma * self._normal - sigma * sigma / 2))

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs, as plain JSON values."""
        return {
            page.decode("latin-1"): {
                "usual": here.usual,
                "usual_seconds": here.usual_seconds,
                "seen": here.seen,
                "step": here.step,
                "current": here.current,
                "recent": list(here.recent),
                "judged": here.judged,
            }
            for page, here in self._pages.items()
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state; pages that no campaign leads to any more are forgotten."""
        for name, said in state.items():
            here = self._pages.get(name.encode("latin-1"))
            if here is not None:
                here.usual, here.usual_seconds, here.seen = Counter(said["usual"]), said["usual_seconds"], said["seen"]
                here.step, here.current = said["step"], Counter(said["current"])
                here.recent = deque((step, Counter(counts)) for step, counts in said["recent"])
                here.judged = {source: j and Judgement(*j) for source, j in said["judged"].items()}


def _log_negative_binomial(count: float, mean: Floats) -> Floats:
    """The log of the chance of a count, up to what does not depend on the mean."""
    return np.asarray(count * np.log(mean / (mean + DISPERSION)) - DISPERSION * np.log1p(mean / DISPERSION))
