"""Own curves say how fast the next campaign's people react: towards what was seen, and never to it alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from spikekit.campaign.model import PastCurve
from spikekit.forecast.bank import FITTED, RowBank
from spikekit.forecast.calibration import PastResult
from spikekit.forecast.forecast import forecast
from spikekit.forecast.normal import Floats
from spikekit.forecast.reaction import learned, own_curves, resampled
from spikekit.forecast.shape import Lognormal
from spikekit.vocabulary import ChannelKind
from tests.forecast.campaigns import LAUNCH, SEED, campaign, channel


def past(
    kind: str = "celebrity_post", *, median: float = 300.0, sigma: float = 1.0, number: int = 0, **more: Any
) -> PastResult:
    """A result whose people came in this shape, counted by the minute for a day."""
    edges = np.concatenate(([0.0], np.geomspace(60, 86_400, 60)))
    shape = Lognormal(median=np.array([median]), sigma=np.array([sigma]), window=more.get("window_seconds", 0.0))
    counts = np.diff(shape.cumulative(edges[:, np.newaxis])[:, 0]) * 5_000
    curve = PastCurve(offset_seconds=tuple(edges.tolist()), visitors=tuple(counts.tolist()))
    known = {"campaign": f"c{number}", "date": LAUNCH - timedelta(days=30 + number), "clicks": 5_000.0, **more}
    return PastResult(kind=ChannelKind(kind), audience=1e6, curve=curve, **known)


def half_by(bank: RowBank) -> Floats:
    """When half of each of a thousand drawn kernels' people have come, in seconds."""
    rows = bank.draw(np.random.default_rng(1), 1000)
    at = np.geomspace(1, 7 * 86_400, 400)
    logs = (np.log(at)[:, np.newaxis, np.newaxis] - np.log(rows.medians)) / rows.sigmas
    shares = np.sum(rows.weights / (1 + np.exp(-1.702 * logs)), axis=1)
    return np.asarray(at[np.argmax(shares > 0.5, axis=0)])


@pytest.mark.parametrize(("median", "is_faster"), [(120.0, True), (36_000.0, False)])
def test_own_curves_move_posts_towards_themselves(median: float, is_faster: bool) -> None:
    curves = [past(median=median, number=i) for i in range(3)]
    bank = learned(FITTED, curves)
    assert isinstance(bank, RowBank)
    before, after = (float(np.median(half_by(b))) for b in (FITTED, bank))
    assert (after < before) is is_faster
    assert bank.chances.sum() == pytest.approx(1)
    # However sure the curves, what is published is never ruled out.
    assert (bank.chances >= FITTED.chances / 4 * (1 - 1e-9)).all()


def test_from_five_own_campaigns_on_their_kernels_join_the_rows() -> None:
    four, five = (learned(FITTED, [past(number=i) for i in range(n)]) for n in (4, 5))
    assert isinstance(four, RowBank)
    assert isinstance(five, RowBank)
    assert len(four.chances) == len(FITTED.chances)
    assert len(five.chances) == len(FITTED.chances) + 5
    assert five.chances.sum() == pytest.approx(1)
    assert float(np.median(half_by(five))) == pytest.approx(300, rel=0.6)


def test_one_curve_moves_an_emails_reaction_and_the_send_window_is_not_part_of_it() -> None:
    """Two past e-mails whose people react after 20 minutes; one was sent over six hours."""
    mail = campaign(channel("email", 1e6))
    before = forecast(mail, seed=SEED, draws=2000)
    for window in (0.0, 21_600.0):
        known = past("email", median=1200.0, sigma=1.6, window_seconds=window)
        after = forecast(mail, seed=SEED, draws=2000, past=(known,))
        assert after.band.half_of_day_seconds < 0.8 * before.band.half_of_day_seconds


def test_own_curves_leave_the_size_as_the_click_rate_says() -> None:
    mail = campaign(channel("email", 1e6))
    known = past("email", median=1200.0)
    with_curve, without = (
        forecast(mail, seed=SEED, draws=1000, past=(p,)).waves[0].volume for p in (known, replace(known, curve=None))
    )
    assert np.median(with_curve) == pytest.approx(np.median(without), rel=0.1)


def test_the_own_account_comes_before_others_of_its_kind() -> None:
    own, other, kind = past(account="@a", number=1), past(account="@b", number=2), past("push", number=3)
    everything = [own, other, kind, past(is_lower_bound=True, number=4), replace(own, curve=None)]
    assert own_curves(channel("celebrity_post", 1e6, account="@A"), everything) == (own,)
    assert own_curves(channel("celebrity_post", 1e6, account="@c"), everything) == (other, own)
    assert own_curves(channel("celebrity_post", 1e6), everything) == (other, own)
    assert own_curves(channel("tv_spot", 1e6), everything) == ()


def test_only_the_latest_ten_are_asked() -> None:
    many = [past(number=i) for i in range(15)]
    assert own_curves(channel("celebrity_post", 1e6), many) == tuple(reversed(many[:10]))


def test_draws_are_themselves_or_like_an_own_curve() -> None:
    rng = np.random.default_rng(2)
    logs = np.full((1, 10_000), -1e9)
    logs[0, 17] = 0.0
    chosen = resampled(rng, logs, 10_000)
    assert float(np.mean(chosen == 17)) == pytest.approx(0.5, abs=0.03)
    assert (chosen[chosen != 17] == np.nonzero(chosen != 17)[0]).all()


def test_a_bank_without_rows_stays_as_it_is() -> None:
    class Fixed:
        def draw(self, rng: np.random.Generator, draws: int) -> Any: ...

    bank = Fixed()
    assert learned(bank, [past()]) is bank
    assert learned(FITTED, []) is FITTED


@pytest.mark.parametrize("kind", ["past", "drop"])
def test_kinds_whose_file_says_when_people_come_learn_no_curve(kind: str) -> None:
    assert own_curves(channel(kind, 1e3), [past(kind)]) == ()
