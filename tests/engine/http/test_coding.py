"""Packed bodies, as servers pack them well and badly."""

from __future__ import annotations

import gzip
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.engine.http.coding import unpacked

MOST = 1 << 20
bodies = st.binary(max_size=500)


def _raw(body: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packing.compress(body) + packing.flush()


@given(st.lists(bodies, min_size=1, max_size=5))
def test_members_one_after_the_other_are_one_body(parts: list[bytes]) -> None:
    assert unpacked(b"".join(gzip.compress(p) for p in parts), b"gzip", most=MOST) == b"".join(parts)


@given(bodies, st.sampled_from([gzip.compress, zlib.compress, _raw]))
def test_deflate_means_what_servers_take_it_for(body: bytes, pack: object) -> None:
    assert callable(pack)
    assert unpacked(pack(body), b"deflate", most=MOST) == body


@given(bodies, bodies)
def test_what_follows_the_end_takes_nothing_away(body: bytes, rest: bytes) -> None:
    assert unpacked(gzip.compress(body) + b"\x00" + rest, b"gzip", most=MOST).startswith(body)


@given(bodies.filter(bool), st.integers(1, 30))
def test_a_body_cut_short_is_unpacked_as_far_as_it_goes(body: bytes, missing: int) -> None:
    packed = gzip.compress(body)
    assert body.startswith(unpacked(packed[: max(len(packed) - missing, 11)], b"gzip", most=MOST))


@given(bodies, st.sampled_from([b"", b"br", b"identity", b"zstd"]))
def test_other_codings_are_left_as_they_came(body: bytes, coding: bytes) -> None:
    assert unpacked(body, coding, most=MOST) == body


@pytest.mark.parametrize(
    "bomb",
    [
        gzip.compress(b"\x00" * 100_000_000),
        gzip.compress(b"") * 200_000,
        gzip.compress(b"\x00" * 1_000_000) * 200,
    ],
)
def test_a_bomb_costs_no_more_than_a_page(bomb: bytes) -> None:
    began = time.process_time()
    assert len(unpacked(bomb, b"gzip", most=MOST)) <= MOST
    assert time.process_time() - began < 1.0
