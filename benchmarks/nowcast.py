"""The nowcast of cascades that run, beside one log-linear regression on the count so far."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from benchmarks.cascades import Cascade
from benchmarks.folds import Folds
from benchmarks.scoring import Floats, paired, tolerance
from spikekit.campaign.model import LANDING_JOURNEY, Campaign, Channel
from spikekit.forecast.bank import RowBank
from spikekit.forecast.forecast import Forecast, forecast
from spikekit.forecast.nowcast import Observation, nowcast
from spikekit.forecast.quantiles import Quantiles
from spikekit.vocabulary import ChannelKind, Range, Status

AFTER_MINUTES = (5, 15, 30, 60)
DRAWS = 4_000
_EPOCH = datetime(2011, 10, 7, tzinfo=UTC)
_MEANS_OVER = 5
"""Minutes over a capacity are counted in means over five: a minute's count is mostly noise."""


def posted(bank: RowBank, totals: Floats, seed: int = 1) -> Forecast:
    """The forecast of a post of which is known only how many respond to such posts in a day."""
    alone = ((LANDING_JOURNEY, 1.0),)
    # Clicks are those of a week; a day's are some nine tenths.
    week = np.quantile(totals, (0.05, 0.5, 0.95)) / 0.9
    clicks = Range(low=float(week[0]), likely=float(week[1]), high=float(week[2]))
    channel = Channel(label="post", kind=ChannelKind.CELEBRITY_POST, landing="/", journey=alone, clicks=clicks)
    campaign = Campaign(
        id="post",
        name="A post",
        status=Status.CONFIRMED,
        launch=_EPOCH,
        timezone="UTC",
        landing="/",
        journey=alone,
        channels=(channel,),
    )
    return forecast(campaign, seed=seed, draws=DRAWS, bank=bank)


def regression(train: list[Cascade], one: Cascade, minutes: int) -> float:
    """The log of the day's total, from the log of the count so far: least squares on the other cascades."""
    x = [np.log(c.minutes()[:minutes].sum() + 0.5) for c in train]
    y = [np.log(len(c.day)) for c in train]
    slope, base = np.polyfit(x, y, 1)
    return float(base + slope * np.log(one.minutes()[:minutes].sum() + 0.5))


def nowcast_lines(folds: Folds) -> list[str]:
    """Errors of the total, and coverage of the total and of the minutes over a capacity still to come."""
    n = len(folds.cascades)
    bounds = " ".join(
        f"{level:.0%}: {low:.2f} to {high:.2f};" for level in (0.8, 0.9) for low, high in [tolerance(level, n)]
    )
    lines = [f"Nowcast of {n} cascades. Chance allows {bounds}", ""]
    lines.append(
        "after   mean |ln total error|  regression  ratio (90 % bootstrap)      total in 80 % 90 %   over 80 % 90 %"
    )
    found = {after: _of_all(folds, after) for after in AFTER_MINUTES}
    for after, (ours, theirs, inside) in found.items():
        ratio, low, high = paired(ours, theirs, folds.cluster)
        shown = " ".join(f"{v:.2f}" for v in inside.mean(axis=0))
        lines.append(
            f"{after:3} min {ours.mean():15.3f} {theirs.mean():15.3f}"
            f"     {ratio:.3f} ({low:.3f} to {high:.3f})       {shown}"
        )
    ours, theirs = (np.mean([f[k] for f in found.values()], axis=0) for k in (0, 1))
    ratio, low, high = paired(ours, theirs, folds.cluster)
    lines.append(f"    all {ours.mean():15.3f} {theirs.mean():15.3f}     {ratio:.3f} ({low:.3f} to {high:.3f})")
    return lines


def _of_all(folds: Folds, after: int) -> tuple[Floats, Floats, Floats]:
    n = len(folds.cascades)
    ours, theirs, inside = np.zeros(n), np.zeros(n), np.zeros((n, 4))
    for cluster in np.unique(folds.cluster):
        bank, _, totals = folds.learned(int(cluster))
        said = posted(bank, totals)
        train = [c for c, of in zip(folds.cascades, folds.cluster, strict=True) if of != cluster]
        for i in np.nonzero(folds.cluster == cluster)[0]:
            one = folds.cascades[i]
            ours[i], inside[i] = _scored(said, one, after)
            theirs[i] = abs(regression(train, one, after) - np.log(len(one.day)))
    return ours, theirs, inside


def _scored(said: Forecast, one: Cascade, after: int) -> tuple[float, Floats]:
    minutes = one.minutes()
    # Half of what came in the last minutes: some time of it is still to come, and the question is how much.
    capacity = max(minutes[after - _MEANS_OVER : after].mean(), 1.0) / 2 / 60
    now = nowcast(said, Observation(minutes=minutes[:after].tolist()), capacity_per_second=float(capacity))
    means = minutes[after:][: (len(minutes) - after) // _MEANS_OVER * _MEANS_OVER].reshape(-1, _MEANS_OVER).mean(axis=1)
    over = float((means > capacity * 60).sum() * _MEANS_OVER)
    assert now.minutes_over_capacity_to_come is not None
    places = [_inside(now.total_24h, len(one.day)), _inside(now.minutes_over_capacity_to_come, over)]
    return abs(np.log(now.total_24h.p50) - np.log(len(one.day))), np.array(places).ravel().astype(np.float64)


def _inside(said: Quantiles, truth: float) -> tuple[bool, bool]:
    return said.p10 <= truth <= said.p90, said.p5 <= truth <= said.p95
