"""Fixtures that every package's tests may use."""

from tests.known_truth import known_campaign, known_log, known_shop, open_shop

__all__ = ["known_campaign", "known_log", "known_shop", "open_shop"]
