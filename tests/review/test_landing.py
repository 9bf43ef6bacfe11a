"""What a visit asked of the servers tells what a page does, whatever the journey."""

from __future__ import annotations

import numpy as np
import pytest

from spikekit.forecast.calibration import PastResult
from spikekit.forecast.forecast import forecast
from spikekit.forecast.requests import believed_per_landing, requests_per_visitor
from spikekit.review.landing import per_landing
from spikekit.vocabulary import ChannelKind
from tests.forecast.campaigns import SEED, campaign, channel, site

BROWSE, OWN = (("browse", 1.0),), (("own", 1.0),)


def test_it_is_the_inverse_of_what_a_forecast_counts() -> None:
    shop = site()
    mixed = campaign(channel("email", 1e5, journey=BROWSE), channel("push", 1e5, journey=OWN, label="later"))
    drawn = forecast(mixed, site=shop, seed=SEED, draws=200)
    people = [float(np.median(w.volume)) for w in drawn.waves if w.role.value == "people"]
    each = [requests_per_visitor(c.journey, shop, np.array([40.0]))[0] for c in mixed.channels]
    measured = float(np.average(each, weights=people))
    assert per_landing(drawn, shop, measured) == pytest.approx(40)


def test_nothing_measured_and_crowds_that_reload_say_nothing() -> None:
    drop = forecast(campaign(channel("drop", 1e4)), seed=SEED, draws=50)
    mail = forecast(campaign(channel("email", 1e4)), seed=SEED, draws=50)
    assert per_landing(drop, None, 30.0) is None
    assert per_landing(mail, None, None) is None
    assert per_landing(mail, None, 0.2) == 1


def known(requests: float, name: str = "before") -> PastResult:
    return PastResult(
        campaign=name, kind=ChannelKind.PUSH, clicks=100.0, audience=1e4, date=None, requests_per_landing=requests
    )


def test_more_logs_make_it_surer_and_one_campaign_counts_once() -> None:
    one, again = believed_per_landing([known(40)]), believed_per_landing([known(40), known(40)])
    two = believed_per_landing([known(40), known(40, "another")])
    assert one == again
    assert 0 < one.mean < two.mean
    assert 1 > one.variance > two.variance


def test_the_next_forecast_asks_the_servers_for_what_was_measured() -> None:
    own = campaign(channel("email", 1e5))
    before, after = (forecast(own, seed=SEED, draws=500, past=past) for past in ([], [known(60)]))
    ratio = np.median(after.requests_24h / after.visitors_24h) / np.median(before.requests_24h / before.visitors_24h)
    assert 1.8 < ratio < 60 / 25
