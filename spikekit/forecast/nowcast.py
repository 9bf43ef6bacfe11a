"""What a running campaign still brings: the forecast's draws, weighed anew by the minutes seen so far.

Each draw is compared with the counts in bins that grow with time. Those that explain them well are drawn again more
often; each is then moved by the error that such curves have (``discrepancy``), given how far it is off by now. Works
for whatever the forecast can draw: posts, paced sends, crowds whose minute is still to come, and their sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spikekit.campaign.model import Campaign
from spikekit.forecast.band import DAY
from spikekit.forecast.discrepancy import LEAST_COUNT, Bins, Discrepancy, Fit, fit
from spikekit.forecast.forecast import MINUTE, Forecast
from spikekit.forecast.grid import Turn, cells
from spikekit.forecast.normal import Floats, distribution
from spikekit.forecast.peak import Busiest, busiest
from spikekit.forecast.quantiles import Quantiles
from spikekit.forecast.wave import Wave, cumulative
from spikekit.vocabulary import PEAK_SECONDS, ChannelKind

POSTS = Discrepancy(drift=0.5, memory=1.5, burst=1.4)
"""Of posts, on cascades left out of the bank: total and intervals hardly change for drifts of .4 to .7 (C)."""

OTHERS = Discrepancy(drift=0.75, memory=1.5, burst=1.4)
"""Of everything else no curves are known: half as much again (I)."""

PARTICLES = 1_000
"""Draws of the future: enough for fifty beyond its upper edge at 95 %."""

_WEIGHED = 2_000
"""Draws that are compared with what was seen: more would change nothing, and take longer every minute."""

_LEAST_EFFECTIVE = 50.0
"""Where fewer draws than this explain what was seen, the evidence is tempered until as many do."""

_POSTS = (ChannelKind.CELEBRITY_POST, ChannelKind.BRAND_POST)

_BIN_GROWTH = 0.4
_CELL_GROWTH = 0.18
_CELLS_WITHIN = 20
"""Cells over the time in which an uncertain start may fall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Visitors (entries) in each whole minute since the campaign's launch instant, oldest first.

    ``saturated`` is empty or as long: minutes in which the site refused or slowed, whose counts are lower bounds.
    """

    minutes: Sequence[float]
    saturated: Sequence[bool] = ()

    def __post_init__(self) -> None:
        if len(self.saturated) not in (0, len(self.minutes)):
            raise ValueError("saturated needs an entry for each minute, or none")
        if any(not 0 <= m < float("inf") for m in self.minutes):
            raise ValueError("a minute's visitors are a count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Mean rates (visitors/s) from each offset (after the launch) to the next, pointwise; the last ends at ``end``."""

    offset_seconds: Floats
    end_seconds: float
    p10: Floats
    p50: Floats
    p90: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Nowcast:
    """What is expected after ``elapsed_minutes``: visitors, visitors/s, seconds after the launch.

    ``total_24h`` is the whole of the first 24 hours, what came included. ``surprise`` is where the count so far lies
    in the forecast's own distribution (0-1). ``is_calibrated`` where the error of such curves was measured: for posts.
    """

    elapsed_minutes: int
    total_24h: Quantiles
    peak_to_come_per_second: Quantiles
    peak_to_come_at_seconds: Quantiles
    minutes_over_capacity_to_come: Quantiles | None
    curve: Curve
    surprise: float
    is_calibrated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Future:
    """Cells of time to come (``edges``, seconds) and the visitors of each particle in them (cells × particles).

    ``ahead`` is the busiest time of what has not begun, whose spike may be shorter than a cell.
    """

    edges: Floats
    counts: Floats
    ahead: Busiest

    @property
    def rates(self) -> Floats:
        result: Floats = self.counts / np.diff(self.edges)[:, np.newaxis]
        return result

    def peak(self) -> tuple[Floats, Floats]:
        """When each particle's largest rate is still to come (seconds), and that rate."""
        rates, spike = self.rates, self.ahead.count / PEAK_SECONDS
        cell = rates.argmax(axis=0)
        middles, highest = (self.edges[:-1] + self.edges[1:]) / 2, rates.max(axis=0)
        at: Floats = np.where(spike > highest, self.ahead.start + PEAK_SECONDS / 2, middles[cell])
        return at, np.maximum(spike, highest)


def nowcast(forecast: Forecast, observation: Observation, *, capacity_per_second: float | None = None) -> Nowcast:
    """The forecast in the light of the minutes seen. Equal arguments give equal answers; nothing seen is no news.

    ``capacity_per_second`` (visitors/s) asks how many of the minutes to come lie above it.
    """
    rng = np.random.default_rng([forecast.seed, len(observation.minutes)])
    waves = tuple(w.take(slice(0, _WEIGHED)) for w in forecast.waves if w.brings_visitors)
    posts = _are_posts(forecast.campaign)
    error = POSTS if posts else OTHERS
    now = len(observation.minutes) * MINUTE
    bins, edges = _bins(observation, waves)
    expected = np.diff(cumulative(waves, edges[:, np.newaxis]), axis=0)
    seen = fit(expected, bins, error, rng)
    chosen = _resampled(seen.log_likelihood, rng)
    came = _came(observation, seen, expected, bins, chosen)
    future = _future(tuple(w.take(chosen) for w in waves), now, seen, chosen, rng)
    peak_at, peak = future.peak()
    rates = np.quantile(future.rates, (0.1, 0.5, 0.9), axis=1)
    return Nowcast(
        elapsed_minutes=len(observation.minutes),
        total_24h=Quantiles.of(came + _counted(future.counts[future.edges[1:] <= DAY].sum(axis=0), error, rng)),
        peak_to_come_per_second=Quantiles.of(peak),
        peak_to_come_at_seconds=Quantiles.of(peak_at),
        minutes_over_capacity_to_come=None
        if capacity_per_second is None
        else Quantiles.of(np.diff(future.edges) @ (future.rates > capacity_per_second) / MINUTE),
        curve=Curve(
            offset_seconds=future.edges[:-1], end_seconds=future.edges[-1], p10=rates[0], p50=rates[1], p90=rates[2]
        ),
        surprise=_surprise(expected, bins, error),
        is_calibrated=posts,
    )


def _are_posts(campaign: Campaign) -> bool:
    return all(c.kind in _POSTS and c.response is None for c in campaign.channels)


def _bins(observation: Observation, waves: tuple[Wave, ...]) -> tuple[Bins, Floats]:
    """What was seen, in bins of whole minutes that grow with time; none mixes counts and lower bounds."""
    counts = np.asarray(observation.minutes, dtype=np.float64)
    bound = np.asarray(observation.saturated if len(observation.saturated) else np.zeros(len(counts)), dtype=np.bool_)
    turns: list[Turn] = [(round(float(np.median(w.start)) + k), MINUTE) for w in waves for k in w.shape.kinks()]
    coarse = cells([*turns, (0.0, MINUTE)], 0.0, max(len(counts), 1) * MINUTE, _BIN_GROWTH)
    whole = {round(e / MINUTE) for e in coarse} | {int(i) + 1 for i in np.nonzero(np.diff(bound))[0]}
    edges: NDArray[np.intp] = np.array(sorted({0, len(counts)} | {e for e in whole if 0 < e < len(counts)}))
    sums = np.diff(np.concatenate(([0.0], np.cumsum(counts)))[edges])
    middle = (edges[1:] + edges[:-1]) / 2 * MINUTE
    return Bins(log_time=_log_time(middle), count=sums, is_bound=bound[edges[:-1]]), edges.astype(np.float64) * MINUTE


def _log_time(seconds: Floats) -> Floats:
    result: Floats = np.log(seconds + MINUTE)
    return result


def _resampled(log_likelihood: Floats, rng: np.random.Generator) -> NDArray[np.intp]:
    """``PARTICLES`` draws, each as often as it is likely (systematic resampling)."""
    weights = _tempered(log_likelihood - log_likelihood.max())
    places = (rng.random() + np.arange(PARTICLES)) / PARTICLES
    return np.minimum(np.searchsorted(np.cumsum(weights), places), len(weights) - 1)


def _tempered(logs: Floats) -> Floats:
    """Normalised weights with at least ``_LEAST_EFFECTIVE`` effective draws (or half of them, if they are few)."""
    least = min(_LEAST_EFFECTIVE, len(logs) / 2)
    power = 1.0
    while True:
        weights = np.exp(power * logs)
        weights /= weights.sum()
        if 1 / (weights @ weights) >= least:
            return weights
        power *= 0.8


def _came(observation: Observation, seen: Fit, expected: Floats, bins: Bins, chosen: NDArray[np.intp]) -> Floats:
    """Visitors of the first day who came, or would have come to a site that was not saturated, in each particle."""
    sure = float(sum(observation.minutes[: int(DAY / MINUTE)]))
    bound = bins.is_bound
    if not bound.any():
        return np.full(len(chosen), sure)
    meant = (expected[bound][:, chosen] + LEAST_COUNT) * np.exp(seen.residuals()[bound][:, chosen]) - LEAST_COUNT
    more: Floats = np.maximum(meant - bins.count[bound][:, np.newaxis], 0.0).sum(axis=0)
    return sure + more


def _future(
    waves: tuple[Wave, ...], now: float, seen: Fit, chosen: NDArray[np.intp], rng: np.random.Generator
) -> _Future:
    edges = _edges(waves, now)
    factors = np.exp(seen.ahead(_log_time((edges[:-1] + edges[1:]) / 2), chosen, rng))
    counts = np.zeros((len(edges) - 1, len(chosen)))
    for wave in waves:
        came = np.diff(wave.cumulative(edges[:, np.newaxis]), axis=0)
        # What has not begun cannot have strayed yet: it is as it was forecast.
        counts += np.where(wave.start < now, factors, 1.0) * came
    unbegun = tuple((w.start >= now).astype(np.float64) for w in waves)
    ahead = busiest(waves, PEAK_SECONDS, unbegun, within=(now, float(edges[-1])))
    return _Future(edges=edges, counts=counts, ahead=ahead)


def _edges(waves: tuple[Wave, ...], now: float) -> Floats:
    """Cells from now on: as short as a peak after each turn to come, and growing."""
    turns: list[Turn] = [(now, MINUTE)]
    for wave in waves:
        low, high = float(wave.start.min()), float(wave.start.max())
        least = max(PEAK_SECONDS, (high - low) / _CELLS_WITHIN)
        turns += [(round(s + k, 3), least) for s in {low, high} for k in wave.shape.kinks() if s + k > now]
    end = max(DAY, now + DAY / 4)
    return np.union1d(cells(sorted(set(turns)), now, end, _CELL_GROWTH), [DAY] if now < DAY else [])


def _counted(expected: Floats, error: Discrepancy, rng: np.random.Generator) -> Floats:
    """Whole arrivals scatter about what is expected: it matters where few are."""
    return np.maximum(expected + np.sqrt(error.burst * expected) * rng.standard_normal(len(expected)), 0.0)


def _surprise(expected: Floats, bins: Bins, error: Discrepancy) -> float:
    """The share of the forecast's own counts so far that lie below the one seen."""
    log = np.log(bins.count.sum() + LEAST_COUNT)
    spread = np.sqrt(error.drift**2 + error.burst / (bins.count.sum() + LEAST_COUNT))
    return float(distribution((log - np.log(expected.sum(axis=0) + LEAST_COUNT)) / spread).mean())
