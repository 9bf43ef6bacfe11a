"""Leave-cluster-out: what may be used to forecast an account's posts is learned from the others'."""

from __future__ import annotations

import numpy as np

from benchmarks.cascades import Cascade, Floats, clusters, log_shares
from benchmarks.fit_kernels import fitted
from spikekit.forecast.bank import FITTED, RowBank, bank_of
from spikekit.forecast.kernels import LOG_SHARES, RESPONSES_24H

_LEAST_CLUSTERS = 5


class Folds:
    """Each cluster of files with what was learned from the others, or with what the product carries."""

    def __init__(self, cascades: list[Cascade], *, shipped: bool) -> None:
        self.cascades = cascades
        self.cluster = clusters(np.array([c.followers for c in cascades]))
        self.shares = np.array([log_shares(c.day) for c in cascades])
        self.totals = np.array([float(len(c.day)) for c in cascades])
        if not shipped and len(np.unique(self.cluster)) < _LEAST_CLUSTERS:
            raise SystemExit("too few accounts to leave one out; --shipped scores the product's own bank")
        self.shipped = shipped
        self._kernels = [] if shipped else [fitted(c) for c in cascades]

    def learned(self, cluster: int) -> tuple[RowBank, Floats, Floats]:
        """The bank, the shares and the day's totals that may be used to forecast this cluster."""
        if self.shipped:
            return FITTED, np.array(LOG_SHARES), np.array(RESPONSES_24H, dtype=np.float64)
        others = np.nonzero(self.cluster != cluster)[0]
        bank = bank_of([self._kernels[i] for i in others], self.cluster[others].tolist())
        return bank, self.shares[others], self.totals[others]
