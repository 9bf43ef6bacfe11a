"""The known log holds as many visits of the campaign as were put into it, and says when the site was full."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from spikekit.campaign.file import load_campaign
from spikekit.errors import SpikekitError
from spikekit.forecast.forecast import Forecast, forecast
from spikekit.review.counts import read_counts
from tests.known_truth import KnownLog

CAMPAIGN = """\
version: 1
name: Fry tweets our reading app
launch: 2026-12-04T18:01Z
landing: /books
channels: [{kind: celebrity_post, account: "@StephenFry", audience: 6.2M}]
utm: {source: x, medium: social, campaign: fry-reads}
"""


@pytest.fixture
def drawn(tmp_path: Path) -> Forecast:
    path = tmp_path / "fry-reads.yaml"
    path.write_text(CAMPAIGN)
    return forecast(load_campaign(path), seed=7, draws=300)


def test_an_access_log_says_who_came_of_this_campaign(drawn: Forecast, known_log: KnownLog) -> None:
    series = read_counts([known_log.path], drawn)
    assert series.total.total == known_log.entries["fry-reads"]
    assert series.total.began == known_log.first
    # Of the post's minute 20 of 640 requests were answered 503.
    assert series.total.saturated == (False, True)


def test_a_packed_log_is_a_log(drawn: Forecast, known_log: KnownLog) -> None:
    packed = known_log.path.with_suffix(".log.gz")
    packed.write_bytes(gzip.compress(known_log.path.read_bytes()))
    assert read_counts([packed], drawn).total.total == known_log.entries["fry-reads"]


def test_a_table_is_a_table_whatever_its_name(drawn: Forecast, tmp_path: Path) -> None:
    for name in ("counts.csv", "counts", "counts.log"):
        path = tmp_path / name
        path.write_text("time,count\n0,5\n60,3\n")
        assert read_counts([path], drawn).total.visitors == (5, 3)


@pytest.mark.parametrize("text", ["", "nothing that is a log\n" * 3, "\0\1\2"])
def test_what_is_neither_is_told(drawn: Forecast, tmp_path: Path, text: str) -> None:
    path = tmp_path / "access.log"
    path.write_text(text)
    with pytest.raises(SpikekitError):
        read_counts([path], drawn)


def test_a_format_may_be_said(drawn: Forecast, known_log: KnownLog) -> None:
    said = read_counts([known_log.path], drawn, log_format="combined")
    assert said == read_counts([known_log.path], drawn)
