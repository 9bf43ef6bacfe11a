"""Fixtures that every package's tests may use."""

from hypothesis import settings
from hypothesis.internal.conjecture import providers

from tests.known_truth import known_campaign, known_log, known_shop, open_shop

__all__ = ["known_campaign", "known_log", "known_shop", "open_shop"]

# How long one example takes says more about the machine than about the code. The same commit has the same examples
# everywhere, in the same order, so that no gate depends on luck; for new ones:
# `pytest --hypothesis-profile=explore --randomly-seed=$RANDOM`.
settings.register_profile("spikekit", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1_000)
settings.load_profile("spikekit")

# Words and numbers of our own modules would be examples too, but of those modules only that happen to be loaded.
providers._get_local_constants = lambda: providers._local_constants
