"""The table of priors, and the page that shows it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from spikekit.forecast.priors import PRIORS
from spikekit.forecast.priors_table import kernels_table, priors_table
from spikekit.vocabulary import ChannelKind

PAGE = Path(__file__).parents[2] / "docs" / "forecast.md"


@pytest.mark.parametrize(("mark", "table"), [("priors", priors_table()), ("kernels", kernels_table())])
def test_the_page_shows_the_figures_that_are_used(mark: str, table: str) -> None:
    shown = re.search(rf"<!-- {mark} -->\n(.*?)<!-- /{mark} -->", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    assert shown[1].strip() == table, f"put this into {PAGE.name}:\n{table}"


def test_every_kind_has_a_prior() -> None:
    assert PRIORS.keys() == set(ChannelKind)


def test_every_figure_names_its_source() -> None:
    for prior in PRIORS.values():
        figures = (prior.click_rate, prior.clicks, prior.median_seconds, prior.sigma, prior.bots, prior.bots_seconds)
        assert all(f.source for f in figures if f is not None)


def test_presss_mode_is_its_published_ramp() -> None:
    """The ramp of 20-90 minutes is the mode of the lognormal that stands for it."""
    press = PRIORS[ChannelKind.PRESS]
    assert press.median_seconds is not None
    assert press.sigma is not None
    median, sigma = press.median_seconds.range, press.sigma.range.likely
    low, high = (m * np.exp(-(sigma**2)) / 60 for m in (median.low, median.high))
    assert 20 <= low <= high <= 90
