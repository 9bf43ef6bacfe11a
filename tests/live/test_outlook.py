"""What comes next, seen from before the launch: nothing until then."""

from __future__ import annotations

from spikekit.live.course import Course
from spikekit.live.outlook import outlook
from tests.live.drills import LAUNCH, known_forecast

FORECAST = known_forecast()


def test_before_its_launch_a_campaign_is_not_expected_and_from_then_on_it_is() -> None:
    seen = outlook(
        FORECAST, Course(FORECAST.campaign), int(LAUNCH.timestamp()) - 600, capacity=None, others_per_second=1.0
    )
    *before, at_launch, after = seen.expected([-86_400.0, -60.0, -1.0, 0.0, 60.0])
    assert before == [0.0, 0.0, 0.0]
    assert min(at_launch, after) > 1.0
