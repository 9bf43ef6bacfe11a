"""How good the forecast of a post's shape is, and the nowcast of one that runs, on cascades that were not fitted to.

    python -m benchmarks.forecast DIRECTORY              leave-cluster-out: each account is forecast from the others
    python -m benchmarks.forecast DIRECTORY --shipped    with the product's own bank: for files it has never seen

DIRECTORY holds ``RT*.txt`` (see ``benchmarks.cascades``). Scores are in logarithms: .2 is about 20 % off.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.cascades import SHARES, read_cascades
from benchmarks.folds import Folds
from benchmarks.nowcast import nowcast_lines
from benchmarks.predicted import Predicted, best_exponential, from_bank, normal_crps
from benchmarks.scoring import Floats, covered, crps, paired, pinball, place, tolerance

DRAWS = 3_000
LEVELS = (0.5, 0.8, 0.95)


class Scores:
    """Scores of every file (rows) and share (columns)."""

    def __init__(self, folds: Folds, seed: int = 1) -> None:
        shape = folds.shares.shape
        self.ours, self.empirical, self.exponential = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self.places = np.zeros(shape)
        self.pinballs = np.zeros((shape[0], 3))
        self.at = np.zeros(shape[0])
        rng = np.random.default_rng(seed)
        for cluster in np.unique(folds.cluster):
            bank, shares, totals = folds.learned(int(cluster))
            predicted = from_bank(bank, totals, rng, DRAWS)
            mean, deviation = best_exponential(shares)
            for i in np.nonzero(folds.cluster == cluster)[0]:
                self._score(i, folds, predicted, shares)
                self.exponential[i] = normal_crps(mean, deviation, folds.shares[i])

    def _score(self, i: int, folds: Folds, predicted: Predicted, train: Floats) -> None:
        for k, observed in enumerate(folds.shares[i]):
            self.ours[i, k] = crps(predicted.log_shares[:, k], observed)
            self.places[i, k] = place(predicted.log_shares[:, k], observed)
            self.empirical[i, k] = crps(train[:, k], observed)
        levels = (0.5, 0.9, 0.99)
        peaks = np.quantile(predicted.log_shares[:, 0], levels)
        self.pinballs[i] = [pinball(q, p, folds.shares[i, 0]) for q, p in zip(peaks, levels, strict=True)]
        day = folds.cascades[i].day
        busiest = day[np.argmax(np.searchsorted(day, day + 60) - np.arange(len(day)))]
        self.at[i] = abs(float(np.median(predicted.peak_at)) - busiest)


def forecast_lines(folds: Folds, scores: Scores) -> list[str]:
    """The scores of the shape, and how often the truth fell where it was said to."""
    n = len(folds.cascades)
    lines = [f"Shape: {n} cascades, {len(np.unique(folds.cluster))} clusters of accounts. Mean CRPS in log units", ""]
    lines.append(f"{'':34}{'mean':>7} " + " ".join(f"{name.split(' ', 1)[1]:>10}" for name in SHARES))
    for name, found in (
        ("this bank, with arrival noise", scores.ours),
        ("the other cascades themselves", scores.empirical),
        ("best single exponential, banded", scores.exponential),
    ):
        lines.append(f"{name:34}{found.mean():7.4f} " + " ".join(f"{v:10.3f}" for v in found.mean(axis=0)))
    for name, theirs in (("other cascades", scores.empirical), ("exponential", scores.exponential)):
        ratio, low, high = paired(scores.ours.mean(axis=1), theirs.mean(axis=1), folds.cluster)
        lines.append(f"over the {name:25}{ratio:7.3f}  (90 % of bootstraps by cluster: {low:.3f} to {high:.3f})")
    lines += ["", "Share of truths inside the central interval, and what chance alone allows"]
    for level in LEVELS:
        low, high = tolerance(level, n)
        found = " ".join(f"{covered(scores.places[:, k], level):10.2f}" for k in range(len(SHARES)))
        lines.append(
            f"{level:>6.0%} ({low:.2f} to {high:.2f}){'':15}{covered(scores.places.ravel(), level):8.2f} {found}"
        )
    shown = ", ".join(f"{p:.4f}" for p in scores.pinballs.mean(axis=0))
    lines += ["", f"ln(peak minute): pinball at .5, .9, .99: {shown}"]
    lines.append(f"  above P90: {(scores.places[:, 0] > 0.9).mean():.1%} (target 10 %)")
    lines.append(f"  time of the peak: median error {np.median(scores.at):,.0f} s")
    return lines


def calibration_lines(places: Floats) -> list[str]:
    """Of all truths, the share below each quantile that was forecast: a straight line where the forecast is honest."""
    lines = ["Calibration: forecast quantile → share of truths below it (· where an honest forecast stands)", ""]
    for level in np.arange(0.1, 0.95, 0.1):
        share = float((places < level).mean())
        bar = list("█" * round(share * 50) + " " * 60)
        bar[round(level * 50)] = "·"
        lines.append(f"  {level:4.0%}  {''.join(bar).rstrip():52} {share:4.0%}")
    return lines


def main() -> None:
    """Read, forecast, score, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--shipped", action="store_true", help="score the bank that the product carries")
    asked = parser.parse_args()
    folds = Folds(read_cascades(asked.directory), shipped=asked.shipped)
    scores = Scores(folds)
    print("\n".join([*forecast_lines(folds, scores), "", *calibration_lines(scores.places.ravel()), ""]))
    print("\n".join(nowcast_lines(folds)))


if __name__ == "__main__":
    main()
