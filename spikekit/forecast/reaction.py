"""The user's own curves → how fast the next campaign's people react.

Each own curve is weighed against every kernel that could be drawn: its likelihood, tempered so that the curve counts as
forty independent visitors at most, for no kernel is exactly true of it. The next campaign is then drawn as one of the
published ones or like one of the own, each as often: one own curve moves half of the draws, nine move nine tenths.
From five own campaigns on, the fitted kernels of the latest join the rows of the bank themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from spikekit.campaign.model import Channel
from spikekit.forecast.bank import EFFECTIVE_EVENTS, ROWS_OF_ONE_S_OWN, Bank, KernelRows, RowBank
from spikekit.forecast.calibration import PastResult, same_account
from spikekit.forecast.fitting import Waves, fit_waves
from spikekit.forecast.normal import Floats
from spikekit.forecast.shape import Lognormal
from spikekit.vocabulary import ChannelKind

MOST_CURVES = 10
"""The latest own curves say how people react now; more cost time and say little."""

WEIGHED_DRAWS = 2_500
"""Draws among which those like an own curve are found: some hundred are."""

_BINS = 24
_LEAST_SHARE = 1e-9
_LEAST_EVENTS = 100
"""A kernel is fitted to no fewer."""

_OWN_TIMING = (ChannelKind.PAST, ChannelKind.DROP)
"""Kinds whose file says when people come."""

Cumulative = Callable[[Floats], Floats]
"""Instants (seconds after the start, a column) → the share of each draw that came by then."""


def own_curves(channel: Channel, past: Sequence[PastResult]) -> tuple[PastResult, ...]:
    """The latest curves of the channel's own account; of its kind where the account has none."""
    if channel.response is not None or channel.kind in _OWN_TIMING:
        return ()
    of_kind = [r for r in past if r.curve is not None and r.kind is channel.kind and not r.is_lower_bound]
    own = [r for r in of_kind if channel.account is None or same_account(r.account, channel.account)] or of_kind
    earliest = datetime.min.replace(tzinfo=UTC)
    return tuple(sorted(own, key=lambda r: (r.date or earliest, r.campaign, r.clicks))[-MOST_CURVES:])


def learned(bank: Bank, curves: Sequence[PastResult]) -> Bank:
    """The bank as the own curves weigh its rows. A bank without rows stays as it is."""
    if not curves or not isinstance(bank, RowBank):
        return bank
    chances = np.stack([bank.reweighted(log_likelihood(c, _cumulative(bank.rows))).chances for c in curves])
    # Fitting takes its time, so the latest five stand for all.
    fitted = [f for f in map(_fitted, curves[-ROWS_OF_ONE_S_OWN:]) if f is not None]
    if len(fitted) < ROWS_OF_ONE_S_OWN or len(bank.rows.weights) != len(fitted[0].weights):
        return replace(bank, chances=(bank.chances + chances.sum(axis=0)) / (1 + len(curves)))
    # Half of what a curve weighs goes to the rows that are like it, half to its own.
    old = (bank.chances + chances.sum(axis=0) / 2) / (1 + len(curves))
    own = np.full(len(fitted), len(curves) / 2 / (1 + len(curves)) / len(fitted))
    return replace(bank, rows=_side_by_side(bank.rows, KernelRows.of(fitted)), chances=np.concatenate((old, own)))


def resampled(rng: np.random.Generator, log_likelihoods: Floats, draws: int) -> NDArray[np.intp]:
    """Which draw stands for each draw: itself, or one that is like an own curve.

    ``log_likelihoods`` has a row a curve, and an entry for each of the first draws.
    """
    curves, weighed = log_likelihoods.shape
    like = rng.integers(0, curves + 1, draws)
    chosen = np.arange(draws)
    for i, logs in enumerate(log_likelihoods):
        weights = np.exp(logs - logs.max())
        places = np.nonzero(like == i)[0]
        chosen[places] = rng.choice(weighed, size=len(places), p=weights / weights.sum())
    return chosen


def log_likelihood(result: PastResult, cumulative: Cumulative) -> Floats:
    """Of one own curve under each draw's kernel, tempered; only its shape within what was observed counts."""
    edges, counts = _coarse(result)
    shares = np.diff(cumulative(edges[:, np.newaxis]), axis=0)
    shares = np.maximum(shares / np.maximum(shares.sum(axis=0), _LEAST_SHARE), _LEAST_SHARE)
    tempered = counts * min(1.0, EFFECTIVE_EVENTS / counts.sum())
    result_: Floats = tempered @ np.log(shares)
    return result_


def _coarse(result: PastResult) -> tuple[Floats, Floats]:
    """The curve in a few bins that grow, so that it is quickly weighed."""
    assert result.curve is not None
    edges = np.asarray(result.curve.offset_seconds, dtype=np.float64)
    counts = np.asarray(result.curve.visitors, dtype=np.float64)
    size = len(counts)
    places = np.unique(np.round(np.geomspace(1, size, min(_BINS, size))).astype(int))
    places = np.concatenate(([0], places))
    return edges[places], np.add.reduceat(counts, places[:-1])


def _cumulative(rows: KernelRows) -> Cumulative:
    """Of each row's kernel. Posts go out at once."""

    def share(t: Floats) -> Floats:
        waves = (Lognormal(median=m, sigma=s).reacted(t) for m, s in zip(rows.medians, rows.sigmas, strict=True))
        return np.sum([w * wave for w, wave in zip(rows.weights, waves, strict=True)], axis=0)  # type: ignore[no-any-return]

    return share


@lru_cache(maxsize=64)
def _fitted(result: PastResult) -> Waves | None:
    """The kernel of one own curve; ``None`` where too few came."""
    assert result.curve is not None
    edges = np.asarray(result.curve.offset_seconds, dtype=np.float64)
    counts = np.asarray(result.curve.visitors, dtype=np.float64)
    if counts.sum() < _LEAST_EVENTS:
        return None
    middles = np.sqrt(np.maximum(edges[:-1], edges[1:] / 4) * edges[1:])
    return fit_waves(middles, counts, until=float(edges[-1]))


def _side_by_side(one: KernelRows, other: KernelRows) -> KernelRows:
    return KernelRows(
        weights=np.concatenate((one.weights, other.weights), axis=1),
        medians=np.concatenate((one.medians, other.medians), axis=1),
        sigmas=np.concatenate((one.sigmas, other.sigmas), axis=1),
    )
