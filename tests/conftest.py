"""Fixtures that every package's tests may use."""

from hypothesis import settings

from tests.known_truth import known_campaign, known_log, known_shop, open_shop

__all__ = ["known_campaign", "known_log", "known_shop", "open_shop"]

# How long one example takes says more about the machine than about the code. The same commit has the same examples
# everywhere, so that no gate depends on luck; `pytest --hypothesis-profile=explore` looks for new ones.
settings.register_profile("spikekit", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1_000)
settings.load_profile("spikekit")
