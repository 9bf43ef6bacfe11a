"""What is the matter with a campaign is one thing at a time, and no all-clear is given while there is another."""

from __future__ import annotations

from spikekit.live.alarm import Alarm, Alarms, Phase
from spikekit.live.reaction import events
from spikekit.live.watch import Watch
from spikekit.live.watched import Watched
from spikekit.traffic.second import Counts, Second
from tests.live.drills import known_forecast


def test_no_all_clear_is_given_when_what_came_early_goes_on_as_far_more_than_forecast() -> None:
    """Forty a second from ten minutes before the launch on: fifteen times what is likely half an hour later."""
    watch, alarms, told = Watch(Watched(forecasts=(known_forecast(),))), Alarms(), list[Alarm]()
    (course,) = watch.courses.values()
    for now in range(course.launch - 600, course.launch + 1_800, 10):
        watch.add(Second(at=now, sources={course.campaign.id: Counts(requests=400, entries=400)}))
        told += alarms.update(events(watch, {}, now + 1), now + 1)
    mine = [alarm for alarm in told if alarm.id == "campaign fry-reads"]
    assert [alarm.phase for alarm in mine][:2] == [Phase.RAISED, Phase.UPDATED]
    assert "it came early" in mine[0].title
    assert "far above" in mine[1].title
    assert Phase.CLEARED not in {alarm.phase for alarm in mine}
