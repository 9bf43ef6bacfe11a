"""How bodies are packed for the way, and unpacked for those who look for text in them."""

from __future__ import annotations

import zlib

_MAX_MEMBERS = 64
"""Gzip allows any number of members in a row; nobody who means well sends more."""

_ANY = zlib.MAX_WBITS | 32
_RAW = -zlib.MAX_WBITS


def unpacked(packed: bytes, coding: bytes, *, most: int) -> bytes:
    """The first ``most`` bytes of a body in that content coding; a body that is not in it is returned as it came."""
    if coding not in (b"gzip", b"x-gzip", b"deflate"):
        return packed[:most]
    try:
        return _members(packed, _ANY, most)
    except zlib.error:
        pass
    if coding != b"deflate":
        return packed[:most]
    try:
        # Some servers leave out zlib's own header, and every browser bears it.
        return _members(packed, _RAW, most)
    except zlib.error:
        return packed[:most]


def _members(packed: bytes, window_bits: int, most: int) -> bytes:
    parts: list[bytes] = []
    for number in range(_MAX_MEMBERS):
        unpacking = zlib.decompressobj(window_bits)
        try:
            part = unpacking.decompress(packed, most)
        except zlib.error:
            if not number:
                raise
            break  # padding, or nonsense after the end: what came before stays whole
        parts.append(part)
        most -= len(part)
        packed = unpacking.unused_data
        if not packed or most <= 0:
            break
    return b"".join(parts)
