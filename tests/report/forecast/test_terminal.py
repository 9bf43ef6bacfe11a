"""A forecast in words: the answer, a picture that does not mislead, and what moves it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from spikekit.campaign.model import Campaign, PastCurve
from spikekit.forecast.calibration import PastResult
from spikekit.forecast.drivers import DriverShare
from spikekit.forecast.explained import Origin, explained
from spikekit.forecast.forecast import Forecast, forecast
from spikekit.forecast.inputs import Driver
from spikekit.report.forecast.doubt import DRIVERS, moved_by
from spikekit.report.forecast.explained import explained_lines
from spikekit.report.forecast.terminal import forecast_lines
from spikekit.vocabulary import ChannelKind, Range, Status
from tests.forecast.campaigns import LAUNCH, SEED, campaign, channel, five_channels


def lines_of(of: Campaign, draws: int = 2000, **more: Any) -> tuple[Forecast, str]:
    result = forecast(of, seed=SEED, draws=draws, **more)
    return result, "\n".join(forecast_lines(result, next_command="next"))


def drawn_top(text: str) -> float:
    """The height of the picture's solid part, by its scale."""
    rows = [line for line in text.splitlines() if re.match(r"\s*[\d,.]* [┤│]", line)]
    top = float(rows[0].split("┤")[0].replace(",", ""))
    solid = next(n for n, row in enumerate(rows) if any(c in row for c in "▁▂▃▄▅▆▇█"))
    return top * (len(rows) - solid) / len(rows)


@pytest.mark.parametrize("kind", ["celebrity_post", "email", "push"])
def test_an_uncertain_start_does_not_flatten_the_picture(kind: str) -> None:
    result, text = lines_of(campaign(channel(kind, 1e6, within_seconds=7200.0)))
    likely = float(np.quantile(result.peak_visitors_per_second, 0.5))
    assert float(result.band.p50.max()) < 0.7 * likely
    assert drawn_top(text) > 0.7 * likely * (1 if "visitors/s by" in text else 60)
    assert "Drawn as if all came on time: " + kind in text
    assert "2 hours earlier or later" in " ".join(text.split())


def test_a_start_that_is_known_needs_no_caution() -> None:
    _, text = lines_of(campaign(channel("email", 1e6)))
    assert "Drawn as if" not in text
    assert "Each moment by itself" not in text


def test_a_picture_that_stays_below_the_peak_of_a_day_says_so() -> None:
    _, text = lines_of(five_channels())
    assert "the busiest of one day stands higher" in " ".join(text.split())


def test_a_handful_is_told_as_a_handful() -> None:
    _, text = lines_of(campaign(channel("email", 120)))
    assert text.startswith("An e-mail to 120 people brings fewer than 10 visitors in the busiest minute.\n")


def test_what_is_known_exactly_is_not_told_twice() -> None:
    curve = PastCurve(offset_seconds=(0.0, 60.0, 120.0), visitors=(600.0, 300.0))
    _, text = lines_of(campaign(channel("past", curve=curve, scale=Range.exact(2.0))), draws=200)
    assert text.startswith("A test brings about 1,200 visitors in the busiest minute. Half of")


def test_drivers_are_told_by_what_they_are_and_add_up() -> None:
    shares = ((Driver.CLICK_RATE, 0.81), (Driver.REACTION, 0.14), (Driver.BOTS, 0.02), (Driver.REST, 0.03))
    drivers = tuple(DriverShare(name=name, share_of_variance=share) for name, share in shares)
    assert moved_by(drivers) == "the click rate (81 %), how fast people react (14 %), the rest (5 %)"
    assert moved_by(drivers[:1]) == "the click rate (81 %), the rest (19 %)"
    assert moved_by((DriverShare(name=Driver.TIMING, share_of_variance=1.0),)) == "when it comes (100 %)"


def test_every_driver_has_its_words() -> None:
    assert set(DRIVERS) | {Driver.REST} == set(Driver)


def test_the_explanation_names_each_channel_and_fits_eighty_columns() -> None:
    result = forecast(five_channels(), seed=SEED, draws=500)
    lines = explained_lines(result, explained(result, None))
    assert max(map(len, lines)) <= 80
    for label in ("celebrity_post", "email", "paid_social", "push", "tv_spot", "all channels"):
        assert any(line.startswith(f" {label}") for line in lines)
    text = " ".join(" ".join(lines).split())
    assert "click rate 1 % – 2.6 % – 6 % published, read Mailchimp 2019" in text
    assert "What moves the requests most: the click rate" in text


def result_of(kind: str, *, curve: PastCurve | None = None) -> PastResult:
    return PastResult(
        campaign="before",
        kind=ChannelKind(kind),
        audience=1e5,
        clicks=2_000.0,
        curve=curve,
        date=LAUNCH - timedelta(days=30),
    )


@pytest.mark.parametrize(
    ("more", "past", "says"),
    [
        ({}, [], "no earlier campaign, so this is an order of magnitude; one past post would make its click rate"),
        ({}, ["push"], "Your 1 campaign of other kinds moved this a little; it is still an order of magnitude."),
        ({}, ["email"], "Calibrated on 1 campaign of your own; no post is among them."),
        ({}, ["email", "celebrity_post"], "Calibrated on 1 campaign of your own."),
        ({"click_rate": Range.exact(0.02)}, [], "It rests on the figures that the campaign declares, not on past"),
    ],
)
def test_what_it_rests_on_is_said_as_it_is(more: dict[str, Any], past: list[str], says: str) -> None:
    own = campaign(channel("email", 1e5, **more), channel("celebrity_post", 1e6, **more))
    _, text = lines_of(own, 200, past=[result_of(kind) for kind in past])
    assert says in " ".join(text.split())


def test_own_curves_are_told_where_the_size_is_declared() -> None:
    curve = PastCurve(offset_seconds=(0.0, 600.0, 3600.0, 36_000.0), visitors=(600.0, 300.0, 100.0))
    own = campaign(channel("email", 1e5, click_rate=Range.exact(0.02)))
    result, text = lines_of(own, 200, past=[result_of("email", curve=curve)])
    assert "figures that the campaign declares; how fast people react, on your own past, too." in " ".join(text.split())
    (said, *_) = explained(result, None)
    median = next(f for f in said.figures if f.name == "median reaction")
    assert median.origin is Origin.LEARNED
    assert "1 curve" in median.source


def test_a_cancelled_campaign_says_that_it_is() -> None:
    _, text = lines_of(campaign(channel("email", 1e5), status=Status.CANCELLED), 200)
    assert "It is cancelled" in text
    assert "cancelled" not in lines_of(campaign(channel("email", 1e5)), 200)[1]
