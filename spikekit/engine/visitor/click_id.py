"""The marks that networks put on every click, different for every visitor: what defeats caches in real spikes.

The shapes are those of published addresses (fixed parts, alphabet and length); what the real ones hold is not known.
X marks the clicks on its ads and Meta every link; here all links of a source that marks any are marked, which is the
harder case for a cache.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable
from dataclasses import dataclass

from spikekit.engine.visitor.source import Source

MARK_BYTES = 64
"""How many random bytes a mark is made of."""

_BASE36 = bytes(b"0123456789abcdefghijklmnopqrstuvwxyz"[i % 36] for i in range(256))
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


@dataclass(frozen=True, slots=True)
class ClickId:
    """A query parameter, and its value made of ``MARK_BYTES`` random bytes."""

    parameter: str
    value: Callable[[bytes], bytes]


def _twclid(luck: bytes) -> bytes:
    # 2 and 25 of base 36: 26 characters.
    return b"2" + luck[:25].translate(_BASE36)


def _fbclid(luck: bytes) -> bytes:
    # A serialised record in base 64 (it spells "clck", "extn", "aem"), then what signs it: 115 characters.
    text = b2a_base64(luck, newline=False).translate(_URL_SAFE)
    return b"IwY2xjaw%bleHRuA2FlbQIxMAABH%b_aem_%b" % (text[:5], text[5:62], text[62:84])


def _gclid(luck: bytes) -> bytes:
    # A serialised record in base 64: 55 characters.
    text = b2a_base64(luck[:24], newline=False).translate(_URL_SAFE)
    return b"EAIaIQobChMI%bIV%bEAAYASAAEgL%bD_BwE" % (text[:10], text[10:22], text[22:25])


def _msclkid(luck: bytes) -> bytes:
    return luck[:16].hex().encode()


CLICK_IDS = {
    Source.X: ClickId("twclid", _twclid),
    Source.FACEBOOK: ClickId("fbclid", _fbclid),
    Source.INSTAGRAM: ClickId("fbclid", _fbclid),
    Source.GOOGLE_ADS: ClickId("gclid", _gclid),
    Source.BING_ADS: ClickId("msclkid", _msclkid),
}
"""By source; what is not here marks no clicks, or not in a way that was seen often enough to copy."""
