"""The mark that a click adds to an address, made and taken off."""

from __future__ import annotations

import secrets

from spikekit.engine.visitor.click_id import CLICK_IDS, MARK_BYTES
from spikekit.engine.visitor.source import Source

_CLICK_ID = CLICK_IDS[Source.FACEBOOK]
_UTM = {"utm_source": "facebook", "utm_medium": "social", "utm_campaign": "preflight"}
"""What all clicks of a campaign share: a cache fills once for all of them."""


def marked(target: str) -> tuple[frozenset[str], str]:
    """``target`` as one click asks for it, and the names that were added to it.

    The mark is drawn anew every time, whatever the seed: one that was ever asked for may lie in the cache.
    """
    mark = _CLICK_ID.value(secrets.token_bytes(MARK_BYTES)).decode()
    already = _names(target)
    parts = {name: value for name, value in {**_UTM, _CLICK_ID.parameter: mark}.items() if name not in already}
    query = "&".join(f"{name}={value}" for name, value in parts.items())
    return frozenset(parts), f"{target}{'&' if '?' in target else '?'}{query}"


def is_marked(target: str) -> bool:
    """Whether the click id is still on it."""
    return _CLICK_ID.parameter in _names(target)


def without(target: str, names: frozenset[str]) -> str:
    """``target`` without the parameters of those names."""
    path, _, query = target.partition("?")
    kept = "&".join(part for part in query.split("&") if part.partition("=")[0] not in names)
    return f"{path}?{kept}" if kept else path


def _names(target: str) -> set[str]:
    return {part.partition("=")[0] for part in target.partition("?")[2].split("&")}
