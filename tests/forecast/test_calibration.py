"""What the user's own past says of the next campaign: the laws of the posterior, and one example."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikekit.forecast.calibration import (
    ACCOUNT,
    KIND,
    NARROWED_BY_ONE,
    NOISE,
    PUBLISHED_ONLY,
    SITE,
    Belief,
    PastResult,
    believed,
    standing,
    useful,
)
from spikekit.forecast.forecast import forecast
from spikekit.forecast.priors import PRIORS
from spikekit.vocabulary import ChannelKind, Range
from tests.forecast.campaigns import LAUNCH, SEED, campaign, channel, site

few = settings(max_examples=30)
KINDS = [ChannelKind.CELEBRITY_POST, ChannelKind.EMAIL, ChannelKind.PUSH]

results = st.builds(
    lambda kind, account, audience, rate, bound, share: PastResult(
        campaign="before",
        kind=kind,
        account=account,
        audience=audience,
        clicks=audience * rate,
        is_lower_bound=bound,
        share=share,
    ),
    kind=st.sampled_from(KINDS),
    account=st.sampled_from(["@a", "@b", None]),
    audience=st.floats(2e4, 1e7),
    rate=st.floats(0.001, 0.2),
    bound=st.booleans(),
    share=st.sampled_from([1.0, 0.5, 0.1]),
)


def result(
    kind: str = "celebrity_post", rate: float = 0.011, *, account: str | None = "@StephenFry", **more: Any
) -> Any:
    known = {"audience": 1e6, "clicks": 1e6 * rate, "date": LAUNCH - timedelta(days=90), "campaign": "before", **more}
    return PastResult(kind=ChannelKind(kind), account=account, **known)


def belief(past: list[PastResult], kind: str = "celebrity_post", account: str | None = "@StephenFry") -> Belief:
    return believed(channel(kind, 1e6, account=account), past)


def rate_of(belief: Belief, kind: str = "celebrity_post") -> float:
    prior = PRIORS[ChannelKind(kind)].click_rate
    assert prior is not None
    return prior.range.at(belief.mean)


def test_one_past_campaign_at_1_1_percent_moves_the_median_from_0_3_to_0_76_percent() -> None:
    assert rate_of(belief([])) == pytest.approx(0.003)
    assert rate_of(belief([result()])) == pytest.approx(0.0076, rel=0.01)


def test_the_forecast_follows() -> None:
    post = campaign(channel("celebrity_post", 6.2e6, account="@StephenFry"))
    before, after = (forecast(post, seed=SEED, past=past) for past in ((), (result(),)))
    moved = np.median(after.visitors_24h) / np.median(before.visitors_24h)
    assert moved == pytest.approx(0.76 / 0.3, rel=0.03)
    assert (before.calibrated, after.calibrated) == (False, True)
    assert np.log(after.visitors_24h).std() < np.log(before.visitors_24h).std()


def test_without_a_past_the_belief_is_the_published_range_itself() -> None:
    assert belief([]) == PUBLISHED_ONLY == Belief(mean=0.0, variance=1.0)


def test_the_own_account_counts_fully_the_same_kind_less_and_other_kinds_a_little() -> None:
    own, kind, other = (
        belief([past]).mean
        for past in (result(), result(account="@Other"), result("push", 0.10, account=None, clicks=1e5))
    )
    assert own > 1.5 * kind > 0
    assert kind > other > 0


def test_an_account_is_the_same_with_or_without_its_sign_and_capitals() -> None:
    assert belief([result(account="stephenfry")]) == belief([result()])


def test_a_channel_without_an_account_is_the_only_one_known_of_its_kind() -> None:
    assert belief([result()], account=None) == belief([result()])
    two = [result(), result(account="@Other")]
    assert belief(two, account=None).mean < belief(two).mean


def test_many_results_of_one_account_settle_its_rate() -> None:
    many = belief([result(rate=0.008, campaign=f"c{i}") for i in range(200)])
    assert rate_of(many) == pytest.approx(0.008, rel=0.02)
    # What stays is the difference from campaign to campaign: τ = .5 in the logarithm.
    assert many.sd * math.log(0.014 / 0.003) / 1.645 == pytest.approx(0.5, rel=0.02)


exact_results = results.map(lambda r: replace(r, is_lower_bound=False))


@few
@given(past=st.lists(exact_results, max_size=6), more=exact_results)
def test_more_evidence_never_widens_the_belief(past: list[PastResult], more: PastResult) -> None:
    assert belief([*past, more]).variance <= belief(past).variance + 1e-6


@few
@given(past=st.lists(results, max_size=7))
def test_no_past_leaves_less_known_than_the_published_range(past: list[PastResult]) -> None:
    """A second, higher lower bound may widen the belief a little: it moves away from the wall of the first."""
    assert belief(past).variance <= PUBLISHED_ONLY.variance + 1e-6


@few
@given(past=st.lists(results, min_size=1, max_size=6), factor=st.floats(1.01, 5.0), data=st.data())
def test_a_higher_result_never_lowers_the_belief(past: list[PastResult], factor: float, data: st.DataObject) -> None:
    i = data.draw(st.integers(0, len(past) - 1))
    higher = replace(past[i], clicks=past[i].clicks * factor)
    assert belief([*past[:i], higher, *past[i + 1 :]]).mean >= belief(past).mean - 1e-6


@few
@given(past=st.lists(results, max_size=6), data=st.data())
def test_the_order_of_results_does_not_matter(past: list[PastResult], data: st.DataObject) -> None:
    other = data.draw(st.permutations(past))
    assert belief(other).mean == pytest.approx(belief(past).mean, abs=1e-6)
    assert belief(other).variance == pytest.approx(belief(past).variance, abs=1e-6)


@few
@given(past=st.lists(results, max_size=4), rate=st.floats(0.0001, 0.05))
def test_a_lower_bound_never_lowers_the_belief(past: list[PastResult], rate: float) -> None:
    bound = result(rate=rate, is_lower_bound=True)
    assert belief([*past, bound]).mean >= belief(past).mean - 1e-6


def test_a_lower_bound_says_what_the_integral_says() -> None:
    """One clipped result against quadrature over the account's level."""
    bound = result(rate=0.008, is_lower_bound=True)
    z = standing(bound)
    assert z is not None
    between, noise = 0.64 / 0.89, 0.25 / 0.89
    level = np.linspace(-8, 8, 20_001)
    tail = np.array([0.5 * math.erfc(-(v - z) / math.sqrt(2 * noise)) for v in level])
    weight = np.exp(-level * level / 2 / between) * tail
    mean = (weight * level).sum() / weight.sum()
    variance = (weight * (level - mean) ** 2).sum() / weight.sum()
    assert belief([bound]).mean == pytest.approx(mean, abs=1e-3)
    assert belief([bound]).variance == pytest.approx(variance + noise, abs=1e-3)


def test_a_clipped_count_says_at_least_so_much() -> None:
    counted, clipped = (belief([result(rate=0.008, is_lower_bound=b)]).mean for b in (False, True))
    assert clipped > counted
    little = belief([result(rate=0.0001, is_lower_bound=True)])
    assert little.mean == pytest.approx(0, abs=0.05)


def test_an_absurd_bound_is_borne() -> None:
    there = belief([result(rate=0.9, is_lower_bound=True), result(rate=0.0001)])
    assert math.isfinite(there.mean)
    assert 0 < there.variance <= 1


def test_a_small_list_says_little() -> None:
    small, large = (belief([result(audience=n, clicks=0.011 * n)]).mean for n in (100.0, 1e6))
    assert 0 < small < 0.6 * large


def test_a_share_of_a_total_counts_less_than_a_count_of_its_own() -> None:
    whole, part = (belief([result(share=s)]).mean for s in (1.0, 0.2))
    assert 0 < part < 0.3 * whole


def test_press_is_measured_by_its_visits() -> None:
    press = believed(channel("press"), [result("press", account=None, audience=None, clicks=80_000.0)])
    assert press.mean == pytest.approx(0.64 / 0.89 * 1.645, rel=0.01)


@pytest.mark.parametrize("kind", ["drop", "past", "custom"])
def test_kinds_without_a_published_doubt_neither_teach_nor_learn(kind: str) -> None:
    assert standing(result(kind)) is None
    assert believed(channel(kind, 1e5), [result()]) == PUBLISHED_ONLY


def test_what_the_campaign_declares_is_taken_at_its_word() -> None:
    own = Range(low=0.001, likely=0.002, high=0.004)
    for said in ({"click_rate": own}, {"clicks": own.times(1e6)}):
        declared = channel("celebrity_post", 1e6, account="@StephenFry", **said)
        assert believed(declared, [result()]) == PUBLISHED_ONLY
        assert not forecast(campaign(declared), seed=SEED, draws=20, past=(result(),)).calibrated


def test_only_what_came_before_at_this_site_and_was_not_the_campaign_itself_counts() -> None:
    own = campaign(channel("celebrity_post", 1e6))
    kept = result(site="bookshop")
    left_out = [
        result(site="another"),
        result(date=LAUNCH + timedelta(days=1)),
        result(campaign=own.id, date=LAUNCH - timedelta(minutes=5)),
    ]
    assert useful(own, [kept, *left_out], site="bookshop") == (kept,)
    again = result(campaign=own.id, date=LAUNCH - timedelta(days=7))
    assert useful(own, [again, result(date=None)], site=None) == (again, result(date=None))


def test_no_past_means_the_very_same_draws() -> None:
    five = campaign(channel("celebrity_post", 1e6), channel("email", 1e5))
    with_none, without = (
        forecast(five, seed=SEED, draws=50, site=site()),
        forecast(five, seed=SEED, draws=50, site=site(), past=(result(site="another"),)),
    )
    assert np.array_equal(with_none.peak_visitors_per_second, without.peak_visitors_per_second)


@pytest.mark.parametrize("clips", [False, True])
def test_the_belief_is_as_sure_as_it_may_be(clips: bool) -> None:
    """Campaigns drawn from the model itself: the next one falls into the band of 8 in 10 eight times in ten."""
    rng, prior, inside = np.random.default_rng(5), PRIORS[ChannelKind.CELEBRITY_POST].click_rate, 0
    assert prior is not None
    worlds = 600
    for _ in range(worlds):
        site_level = rng.normal(0, math.sqrt(SITE))
        kinds = {k: site_level + rng.normal(0, math.sqrt(KIND)) for k in ("celebrity_post", "push")}
        accounts = {(k, a): v + rng.normal(0, math.sqrt(ACCOUNT)) for k, v in kinds.items() for a in "ab"}
        past = []
        for (kind, account), level in accounts.items():
            z = level + rng.normal(0, math.sqrt(NOISE))
            figure = PRIORS[ChannelKind(kind)].click_rate
            assert figure is not None
            # The site holds so many back as it can serve, whoever they are.
            clipped = clips and z > 0.3
            rate = figure.range.at(0.3 if clipped else z)
            past.append(result(kind, rate, account=account, audience=1e9, clicks=1e9 * rate, is_lower_bound=clipped))
        there = belief(past, account="a")
        following = accounts["celebrity_post", "a"] + rng.normal(0, math.sqrt(NOISE))
        inside += abs(following - there.mean) < 1.2816 * there.sd
    # Three standard deviations of a binomial count.
    assert inside / worlds == pytest.approx(0.8, abs=3 * math.sqrt(0.16 / worlds))


def test_one_past_campaign_makes_its_click_rate_a_third_less_uncertain() -> None:
    own = channel("email", 1e5, account="news")
    one = PastResult(campaign="before", kind=ChannelKind.EMAIL, account="news", audience=1e6, clicks=26_000.0)
    assert 1 - believed(own, [one]).sd == pytest.approx(NARROWED_BY_ONE, abs=1e-3)
    assert pytest.approx(1 / 3, abs=0.03) == NARROWED_BY_ONE


def test_an_export_of_the_campaign_itself_teaches_it_nothing() -> None:
    own = campaign(channel("email", 1e5))
    known = {"kind": ChannelKind.EMAIL, "audience": 1e5, "clicks": 5_000.0}
    itself = PastResult(campaign="a  TEST", date=LAUNCH.replace(hour=0), **known)
    last_year = PastResult(campaign="A test", date=LAUNCH - timedelta(days=365), **known)
    assert useful(own, [itself, last_year], site=None) == (last_year,)
