"""What came is counted, and a count that was clipped says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from spikekit.traffic.observed import Observed

BEGAN = datetime(2026, 12, 4, 18, 0, tzinfo=UTC)


def observed(**more: Any) -> Observed:
    return Observed(**{"began": BEGAN, "step_seconds": 60.0, "visitors": (3.0, 0.0, 5.0), **more})


def test_it_knows_its_total_and_its_end() -> None:
    assert observed().total == 8
    assert observed().ended == BEGAN + timedelta(minutes=3)


def test_a_clipped_bucket_makes_the_whole_a_lower_bound() -> None:
    assert not observed().is_lower_bound
    assert observed().flags() == (False, False, False)
    assert observed(saturated=(False, True, False)).is_lower_bound


@pytest.mark.parametrize(
    "wrong",
    [
        {"began": BEGAN.replace(tzinfo=None)},
        {"step_seconds": 0.0},
        {"visitors": (1.0, -1.0, 2.0)},
        {"visitors": (1.0, float("nan"), 2.0)},
        {"saturated": (True,)},
    ],
)
def test_what_cannot_have_been_counted_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        observed(**wrong)
