"""What a forecast was drawn from, figure by figure."""

from __future__ import annotations

from datetime import timedelta

import pytest

from spikekit.campaign.model import Campaign, PastCurve, Response
from spikekit.forecast.calibration import PastResult
from spikekit.forecast.explained import Explained, Origin, Used, explained
from spikekit.forecast.forecast import drawn
from spikekit.forecast.priors import PRIORS
from spikekit.vocabulary import ChannelKind, Range
from tests.forecast.campaigns import LAUNCH, SEED, campaign, channel, five_channels, site

KINDS = [k for k in ChannelKind if k not in (ChannelKind.PAST, ChannelKind.CUSTOM)]


def told(of: Campaign, **more: object) -> dict[str | None, dict[str, Used]]:
    """By channel, the figures by name."""
    found = explained(drawn(of, seed=SEED, draws=5, **more), None)  # type: ignore[arg-type]
    return {e.label: {u.name: u for u in e.figures} for e in found}


@pytest.mark.parametrize("kind", KINDS)
def test_every_published_figure_of_a_kind_is_told_with_its_source(kind: ChannelKind) -> None:
    used = told(campaign(channel(kind.value, 1e5)))[kind.value]
    prior = PRIORS[kind]
    for figure in (prior.click_rate, prior.median_seconds, prior.sigma, prior.bots, prior.bots_seconds):
        if figure is not None:
            assert any(u.range == figure.range and u.source == figure.source and u.tag for u in used.values())
    assert all(u.source for u in used.values() if u.origin is not Origin.DECLARED)


def test_what_the_campaign_declares_is_told_as_declared_and_replaces_the_published() -> None:
    rate = Range(low=0.01, likely=0.02, high=0.03)
    used = told(campaign(channel("email", 1e5, click_rate=rate, send_over_seconds=1200.0)))["email"]
    assert (used["click rate"].range, used["click rate"].origin) == (rate, Origin.DECLARED)
    assert used["sent over"].range == Range.exact(1200.0)
    assert used["median reaction"].origin is Origin.PUBLISHED


def test_what_was_learned_is_told_as_the_range_that_is_drawn() -> None:
    """One post of the account at 1.1 % moves the median from .3 % to .76 %."""
    post = campaign(channel("celebrity_post", 1e6, account="@a"))
    result = PastResult(
        campaign="before",
        kind=ChannelKind.CELEBRITY_POST,
        clicks=11_000,
        audience=1e6,
        account="@a",
        date=LAUNCH - timedelta(days=30),
    )
    used = told(post, past=[result])["celebrity_post"]["click rate"]
    assert used.origin is Origin.LEARNED
    assert used.range is not None
    assert used.range.likely == pytest.approx(0.0076, rel=0.1)
    assert used.range.high / used.range.low < 0.014 / 0.0006
    assert "1 campaign)" in used.source


def test_what_all_channels_share_is_told_once() -> None:
    shared = told(five_channels())["all channels"]
    assert set(shared) == {"requests a landing", "click rates' correlation"}
    assert set(told(campaign(channel("push", 1e5)))["all channels"]) == {"requests a landing"}


def test_measured_journeys_leave_nothing_to_believe_of_requests() -> None:
    browse = campaign(channel("push", 1e5, journey=(("browse", 1.0),)))
    found: tuple[Explained, ...] = explained(drawn(browse, site=site(), seed=SEED, draws=5), site())
    # Its first page brings its assets, whose number is not known.
    assert [u.name for u in found[-1].figures] == ["requests a landing"]


def test_overlap_and_timing_are_told() -> None:
    used = told(five_channels())
    assert used["celebrity_post"]["earlier or later by up to"].range == Range.exact(7200.0)
    assert used["email"]["counted once, of these"].range == Range.exact(0.9)
    assert used["paid_social"]["shown over"].range == Range.exact(3 * 86_400.0)
    assert told(campaign(channel("search_ads", 1e5)))["search_ads"]["shown over"].origin is Origin.PUBLISHED


def test_a_drop_a_past_curve_and_a_custom_channel_tell_their_own() -> None:
    curve = PastCurve(offset_seconds=(0.0, 60.0), visitors=(10.0,))
    own = Response(median_seconds=Range.exact(7200.0), sigma=Range.exact(1.4))
    used = told(
        campaign(
            channel("drop", 4e4, reload_every_seconds=15.0),
            channel("past", curve=curve, scale=Range.exact(1.2)),
            channel("custom", 1e5, click_rate=Range.exact(0.1), response=own),
        )
    )
    assert used["drop"]["reloads every"].origin is Origin.DECLARED
    assert used["drop"]["gathers before"].origin is Origin.PUBLISHED
    assert used["past"]["times last time's traffic"].range == Range.exact(1.2)
    assert used["custom"]["median reaction"].range == Range.exact(7200.0)
