"""The sample runs obey the laws that real runs obey."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spikekit.verdict.run import Run, run_from_document
from tests import sample_runs

ALL_RUNS = [
    sample_runs.good_run,
    sample_runs.overloaded_run,
    sample_runs.shedding_run,
    sample_runs.tired_run,
    sample_runs.empty_run,
    sample_runs.one_second_run,
    sample_runs.interrupted_run,
    sample_runs.two_hour_run,
    sample_runs.hostile_run,
]


@pytest.mark.parametrize("make", ALL_RUNS)
def test_sample_runs_keep_the_laws_of_visitors_and_survive_their_document(make: Callable[[], Run]) -> None:
    run = make()
    assert run.visitors.broken_laws() == []
    assert run_from_document(run.document()) == run
