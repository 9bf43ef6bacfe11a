"""Arrivals as users who begin again at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.profile.curve import RateCurve
from spikekit.profile.document import profile_document, profile_of
from spikekit.profile.model import Profile, Stream
from spikekit.profile.users import users_at
from spikekit.site.model import Objectives, Site, Target
from spikekit.vocabulary import Range

rates = st.floats(0, 1e4)


def profile(*curves: RateCurve) -> Profile:
    streams = tuple(
        Stream(origin=f"o{n}", curve=c, landing="/b?x=1", journey=(("a", 0.25), ("b", 0.75)), utm=(("source", "x"),))
        for n, c in enumerate(curves)
    )
    return Profile(streams=streams, duration_seconds=curves[0].duration_seconds, quantile=0.9, window_start_seconds=3.5)


@given(rates, st.floats(0.01, 100))
def test_little_s_law_holds_to_the_next_whole_user(rate: float, visit: float) -> None:
    """λ·W of them, and never less than what arrives."""
    users = users_at(profile(RateCurve.constant(rate, 10)), 2.0, visit)
    assert rate * visit - 1e-6 <= users < rate * visit + 1


@given(rates, rates)
def test_streams_add_up(one: float, other: float) -> None:
    both = profile(RateCurve.constant(one, 10), RateCurve.constant(other, 10))
    assert users_at(both, 0.0, 1.0) == pytest.approx(one + other, abs=1.001)


def test_a_step_is_seen_by_what_arrives_in_the_coming_second() -> None:
    """Half of the second before it, half after it."""
    curve = RateCurve((0, 1.5, 1.5, 3), (10, 10, 30, 30))
    assert [users_at(profile(curve), at, 1.0) for at in (0, 1, 2)] == [10, 20, 30]


def test_a_profile_s_document_can_be_read_back() -> None:
    """As far as it goes: where visitors come from, when, and what they do."""
    first = profile(RateCurve((0, 1, 1, 2), (1, 2, 5, 5)), RateCurve.constant(3, 2))
    target = Target(name="t", url="http://127.0.0.1", capacity_ratio=Range.exact(1.0))
    site = Site(name="s", production=None, targets=(target,), objectives=Objectives(), journeys=())
    document = profile_document(first, {"schema": "spikekit.profile/1"}, campaign="c", target=target, site=site)
    assert profile_of(document) == first


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"schema": "spikekit.run/1"}, "found spikekit.run/1"),
        ({}, "found None"),
        ({"schema": "spikekit.profile/1"}, "streams"),
    ],
)
def test_another_document_is_told(document: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        profile_of(document)
