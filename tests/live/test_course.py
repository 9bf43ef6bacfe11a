"""A campaign's course counts what its forecast counts: visitors, and the machines that follow its links."""

from __future__ import annotations

import json

import numpy as np

from spikekit.forecast.wave import cumulative
from spikekit.live.course import Course
from spikekit.live.standing import State, standing
from spikekit.traffic.second import Counts, Second
from spikekit.vocabulary import ChannelKind
from tests.live.drills import known_forecast

MINUTES = 30
FORECAST = known_forecast(40_000, ChannelKind.EMAIL)


def _course(share: float) -> Course:
    """The clicks that are likely in half an hour, so large a share of them people's."""
    course = Course(FORECAST.campaign)
    waves = tuple(wave for wave in FORECAST.waves if wave.brings_visitors)
    likely = np.median(cumulative(waves, np.linspace(0.0, 60.0 * MINUTES, MINUTES + 1)[:, np.newaxis]), axis=1)
    for minute, clicks in enumerate(np.diff(likely).round().astype(int).tolist()):
        people = round(share * clicks)
        counts = Counts(requests=5 * people, entries=people, machine_clicks=clicks - people)
        course.add(Second(at=course.launch + 60 * minute, sources={FORECAST.campaign.id: counts}))
    return course


def test_however_many_of_the_clicks_are_machines_as_many_as_likely_are_as_forecast() -> None:
    now = int(FORECAST.campaign.launch.timestamp()) + 60 * MINUTES
    said = [standing(FORECAST, _course(share), now) for share in (1.0, 0.5, 0.05)]
    assert {each.state for each in said} == {State.AS_FORECAST}
    assert len({each.times for each in said}) == 1


def test_requests_of_a_click_are_the_visitors_and_one_of_each_machine() -> None:
    course = _course(0.5)
    each = course.requests_per_click
    assert each is not None
    assert abs(each - 3.0) < 0.01


def test_a_course_goes_on_from_its_state() -> None:
    course, again = _course(0.5), Course(FORECAST.campaign)
    again.restore(json.loads(json.dumps(course.state())))
    assert again.state() == course.state()
    assert again.requests_per_click == course.requests_per_click


def test_a_watch_that_began_late_is_compared_with_what_it_could_see() -> None:
    whole, late = _course(1.0), Course(FORECAST.campaign)
    for minute in range(10, MINUTES):
        clicks = whole.minutes[minute]
        counts = Counts(requests=clicks, entries=clicks)
        late.add(Second(at=late.launch + 60 * minute, sources={FORECAST.campaign.id: counts}))
    said = standing(FORECAST, late, late.launch + 60 * MINUTES)
    assert said.state is State.AS_FORECAST
    assert said.times is not None
    assert abs(said.times - 1.0) < 0.2
    assert late.saturated(MINUTES) == (True,) * 10 + (False,) * (MINUTES - 10)


def test_of_a_campaign_whose_days_are_not_in_the_log_nothing_is_said() -> None:
    course = Course(FORECAST.campaign)
    assert standing(FORECAST, course, course.launch + 60).words == "nothing was read yet, so nothing is known of it"
    year = course.launch + 365 * 86_400
    course.add(Second(at=year, sources={"direct": Counts(requests=1)}))
    said = standing(FORECAST, course, year + 60)
    assert (said.state, said.words) == (State.OVER, "most of it was over before the log begins")
