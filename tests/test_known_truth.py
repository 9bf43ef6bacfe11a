"""The known truth is true: what its fixtures claim is what the program reads from them."""

from __future__ import annotations

import numpy as np

from spikekit.campaign.file import load_campaign
from spikekit.forecast.forecast import forecast
from spikekit.site.file import load_site
from tests.known_truth import KNOWN_PAGES_PER_SECOND, KnownCampaign, OpenShop


def test_the_known_campaign_forecasts_exactly_its_visitors_without_any_doubt(known_campaign: KnownCampaign) -> None:
    site = load_site(known_campaign.site)
    drawn = forecast(load_campaign(known_campaign.campaign, site), site=site, seed=1, draws=50)
    np.testing.assert_allclose(drawn.visitors_24h, known_campaign.visitors)
    np.testing.assert_allclose(drawn.peak_minute_visitors, known_campaign.peak_minute_visitors)


def test_the_known_shop_is_of_the_known_capacity(open_shop: OpenShop) -> None:
    assert open_shop(slots=40, service_seconds=0.05).settings.pages_per_second == KNOWN_PAGES_PER_SECOND
