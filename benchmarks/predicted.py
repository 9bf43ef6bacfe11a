"""What is said of a cascade before it comes: by draws from a bank, and by the best single exponential."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from benchmarks.cascades import DAY
from benchmarks.scoring import Floats
from spikekit.forecast.bank import Bank, KernelRows
from spikekit.forecast.normal import distribution

BURST = 1.4
"""Variance over mean of the minutes' counts about their own kernel: the median of the cascades (published: 1.1 to 1.6).

A forecast's peak is one of intensity. A cascade is counted, so what is scored has the noise of arrivals too.
"""

_FINE, _UNTIL, _COARSE = 10, 7_200, 60
GRID = np.concatenate([np.arange(0, _UNTIL, _FINE), np.arange(_UNTIL, DAY + 1, _COARSE)]).astype(np.float64)
_SPLIT = _UNTIL // _FINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """Logs of the five shares (draws × 5) and the seconds at which the busiest minute begins (one a draw)."""

    log_shares: Floats
    peak_at: Floats


def from_bank(bank: Bank, totals: Floats, rng: np.random.Generator, draws: int) -> Predicted:
    """Counted responses of as many people as some of the ``totals`` say, on kernels of the bank."""
    expected = np.diff(_cumulative(bank.draw(rng, draws)), axis=0) * rng.choice(totals, draws)
    shaken = rng.standard_gamma(np.maximum(expected, 1e-12) / (BURST - 1)) * (BURST - 1)
    came = np.concatenate([np.zeros((1, draws)), np.cumsum(rng.poisson(shaken), axis=0)])
    fine, coarse = came[: _SPLIT + 1], came[_SPLIT:]
    minutes = [fine[6:] - fine[:-6], np.diff(coarse, axis=0)]
    fives = [fine[30:] - fine[:-30], coarse[5:] - coarse[:-5]]
    late = minutes[1].max(axis=0) > minutes[0].max(axis=0)
    at = np.where(late, _UNTIL + _COARSE * minutes[1].argmax(axis=0), _FINE * minutes[0].argmax(axis=0))
    peaks = [np.maximum(*(part.max(axis=0) for part in parts)) for parts in (minutes, fives)]
    by = [came[np.searchsorted(GRID, until)] for until in (900, 3_600, 21_600)]
    shares = np.maximum(np.array([*peaks, *by]), 0.5) / np.maximum(came[-1], 1.0)
    return Predicted(log_shares=np.log(np.minimum(shares, 1.0)).T, peak_at=at.astype(np.float64))


def _cumulative(rows: KernelRows) -> Floats:
    """The share of the day's response by each instant of ``GRID`` (instants × draws)."""
    logs = np.log(np.maximum(GRID, 1e-9))[:, np.newaxis]
    total = np.zeros((len(GRID), rows.weights.shape[1]))
    for weight, median, sigma in zip(rows.weights, rows.medians, rows.sigmas, strict=True):
        total += weight * distribution((logs - np.log(median)) / sigma)
    result: Floats = total / total[-1]
    return result


def exponential_log_shares(constant: float) -> Floats:
    """The five shares of a response that decays with this time constant (seconds)."""
    lengths = np.array([60.0, 300.0, 900.0, 3_600.0, 21_600.0])
    result: Floats = np.log(-np.expm1(-lengths / constant)) - math.log(-math.expm1(-DAY / constant))
    return result


def normal_crps(mean: Floats, deviation: Floats, observed: Floats) -> Floats:
    """The score of a normal forecast in closed form (Gneiting & Raftery 2007)."""
    z = (observed - mean) / deviation
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    result: Floats = deviation * (z * (2 * distribution(z) - 1) + 2 * density - 1 / math.sqrt(math.pi))
    return result


def best_exponential(train: Floats) -> tuple[Floats, Floats]:
    """Of all time constants the one whose shares, each with its fitted band, score best on ``train``."""
    best = (math.inf, np.zeros(5), np.ones(5))
    for constant in np.geomspace(300, 86_400, 120):
        mean = exponential_log_shares(float(constant))
        deviation = np.sqrt(((train - mean) ** 2).mean(axis=0))
        score = float(normal_crps(mean, deviation, train).mean())
        if score < best[0]:
            best = (score, mean, deviation)
    return best[1], best[2]
