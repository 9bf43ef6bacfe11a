"""Rows of data: everybody gets one, and where asked, everybody another."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.engine.visitor.rows import Rows
from spikekit.site.model import Pick

LUCK = random.Random(1)


def _table(size: int) -> list[dict[str, str]]:
    return [{"id": str(i)} for i in range(size)]


def _ids(rows: Rows, count: int) -> list[int]:
    return [int(rows.take(LUCK)["id"]) for _ in range(count)]


def test_random_rows_come_equally_often() -> None:
    counts = Counter(_ids(Rows(_table(20)), 40_000))
    # Each is binomial with a mean of 2,000 and a deviation of 44.
    assert set(counts) == set(range(20))
    assert all(abs(n - 2000) < 5 * 44 for n in counts.values())


def test_a_sequence_is_the_file_s_own_order_again_and_again() -> None:
    assert _ids(Rows(_table(3), "sequence"), 7) == [0, 1, 2, 0, 1, 2, 0]


def test_shuffled_rows_come_once_each_round_in_an_order_of_the_run_s_seed() -> None:
    first, again, other = (_ids(Rows(_table(50), "shuffle", seed=seed), 100) for seed in (1, 1, 2))
    assert sorted(first[:50]) == sorted(first[50:]) == list(range(50))
    assert first[:50] != list(range(50))
    assert first == again
    assert first != other


@pytest.mark.parametrize("pick", ["sequence", "shuffle"])
@given(size=st.integers(1, 60), workers=st.integers(1, 8))
def test_workers_together_take_every_row_before_any_comes_again(pick: Pick, size: int, workers: int) -> None:
    sources = [Rows(_table(size), pick, seed=5, number=n, workers=workers) for n in range(workers)]
    taken = [int(sources[turn % workers].take(LUCK)["id"]) for turn in range(size)]
    assert sorted(taken) == list(range(size))


@pytest.mark.parametrize("pick", ["random", "sequence", "shuffle"])
def test_a_file_without_rows_has_no_values(pick: Pick) -> None:
    assert Rows([], pick).take(LUCK) == {}
