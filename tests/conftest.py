"""Fixtures that every package's tests may use."""

from hypothesis import settings

from tests.known_truth import known_campaign, known_log, known_shop, open_shop

__all__ = ["known_campaign", "known_log", "known_shop", "open_shop"]

# How long one example takes says more about the machine than about the code.
settings.register_profile("spikekit", deadline=None)
settings.load_profile("spikekit")
