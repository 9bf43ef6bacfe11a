"""How far a real crowd strays from any curve that was drawn for it, and what minutes seen so far say of the rest.

A drawn curve is never quite the one that happens. The logarithm of what comes over what the curve says is taken as a
Gaussian process in the logarithm of time, so that what strays in the first minutes strays alike in the next, and less
so hours later:

    k(s, t) = drift² · exp(−|ln s − ln t| / memory)        and a count n adds noise of variance burst / n

Given the residuals of the bins seen so far, the future is normal in each draw. Bins of a saturated site are lower
bounds: their residuals are drawn beyond them, in order of time (the sampler of Geweke, Hajivassiliou and Keane).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spikekit.forecast.normal import Floats, distribution

LEAST_COUNT = 0.5
"""Added to counts before their logarithm is taken, so that a minute without a visitor has one."""

_LEAST_PROBABILITY = 1e-12
_EDGE = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """The ``drift`` is the deviation of log rates, ``memory`` in log time; ``burst`` is noise over Poisson's."""

    drift: float
    memory: float
    burst: float

    def covariance(self, a: Floats, b: Floats) -> Floats:
        """Between log rates at log times ``a`` (rows) and ``b`` (columns)."""
        apart = np.abs(a[:, np.newaxis] - b[np.newaxis, :])
        result: Floats = self.drift**2 * np.exp(-apart / self.memory)
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """Counts seen: ``log_time`` of each bin, its ``count``, and whether that is a lower bound."""

    log_time: Floats
    count: Floats
    is_bound: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How well each draw explains the bins, and the whitened residuals (bins × draws) that tell of the future."""

    log_likelihood: Floats
    whitened: Floats
    root: Floats
    log_time: Floats
    error: Discrepancy

    def residuals(self) -> Floats:
        """Log of what came over what each draw says, per bin; drawn where the count is a lower bound."""
        result: Floats = self.root @ self.whitened
        return result

    def ahead(self, log_time: Floats, chosen: NDArray[np.intp], rng: np.random.Generator) -> Floats:
        """Log factors (times × draws) on the ``chosen`` draws' rates at later ``log_time``, drawn given the bins."""
        within = self.error.covariance(log_time, log_time)
        if not len(self.log_time):
            mean, left = np.zeros((len(log_time), len(chosen))), within
        else:
            gain = np.linalg.solve(self.root, self.error.covariance(self.log_time, log_time)).T
            mean, left = gain @ self.whitened[:, chosen], within - gain @ gain.T
        root = np.linalg.cholesky(left + 1e-9 * np.eye(len(log_time)))
        result: Floats = mean + root @ rng.standard_normal((len(log_time), len(chosen)))
        return result


def fit(expected: Floats, bins: Bins, error: Discrepancy, rng: np.random.Generator) -> Fit:
    """Compare each draw's ``expected`` counts (bins × draws) with what was seen."""
    noise = error.burst / (bins.count + LEAST_COUNT)
    within = error.covariance(bins.log_time, bins.log_time) + np.diag(noise)
    root: Floats = np.asarray(np.linalg.cholesky(within), dtype=np.float64)
    residuals = np.log(bins.count + LEAST_COUNT)[:, np.newaxis] - np.log(expected + LEAST_COUNT)
    whitened = np.zeros_like(residuals)
    likelihood = np.zeros(residuals.shape[1])
    for i, residual in enumerate(residuals):
        whitened[i] = (residual - root[i, :i] @ whitened[:i]) / root[i, i]
        if bins.is_bound[i]:
            above = np.maximum(distribution(-whitened[i]), _LEAST_PROBABILITY)
            likelihood += np.log(above)
            # No truth lies below its bound.
            beyond = -_deviates(above * (1 - rng.random(len(above))))
            whitened[i] = np.maximum(whitened[i], beyond)
        else:
            likelihood -= whitened[i] ** 2 / 2
    return Fit(log_likelihood=likelihood, whitened=whitened, root=root, log_time=bins.log_time, error=error)


def _deviates(probability: Floats) -> Floats:
    """The standard-normal deviates with these probabilities below them, to three digits."""
    grid = np.linspace(-_EDGE, _EDGE, 2_801)
    return np.interp(probability, distribution(grid), grid)
