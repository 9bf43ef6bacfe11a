"""The channel that decides is the one whose doubt the peak's doubt is, wherever it stands in the file."""

from __future__ import annotations

import pytest

from spikekit.campaign.model import Channel
from spikekit.forecast.calibration import learns
from spikekit.forecast.decisive import decisive_channel
from spikekit.forecast.forecast import drawn
from spikekit.vocabulary import ChannelKind, Range
from tests.forecast.campaigns import campaign, channel


def decisive(*channels: Channel) -> ChannelKind | None:
    found = decisive_channel(drawn(campaign(*channels), seed=1, draws=1_000), learns)
    return found.kind if found else None


@pytest.mark.parametrize(
    ("people", "expected"), [(1e4, ChannelKind.EMAIL), (1e7, ChannelKind.CELEBRITY_POST)], ids=["few", "many"]
)
def test_what_brings_the_peak_decides_whatever_comes_first_in_the_file(people: float, expected: ChannelKind) -> None:
    mail, post = channel("email", 1e5), channel("celebrity_post", people)
    assert decisive(mail, post) is decisive(post, mail) is expected


def test_what_brings_much_but_surely_decides_nothing() -> None:
    sure = channel("email", 1e6, label="sure", deliver_over_seconds=0.0, clicks=Range.exact(2e4))
    assert decisive(sure, channel("push", 1e5)) is ChannelKind.PUSH
    assert decisive(sure) is None


def test_what_comes_when_the_peak_is_over_decides_nothing() -> None:
    large, late = channel("celebrity_post", 1e6), channel("email", 1e4, at_seconds=7 * 86_400.0)
    assert decisive(late, large) is ChannelKind.CELEBRITY_POST
