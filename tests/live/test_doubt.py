"""While nothing can be read a watch says soon what is likely the matter, and keeps nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from spikekit.errors import UsageError
from spikekit.live.following import Following
from spikekit.live.journal import Journal
from spikekit.live.queried import Queried
from spikekit.live.watch import Watch
from spikekit.live.watched import Watched
from spikekit.report.chart.terminal import plain
from spikekit.report.live.replay import replay_lines
from spikekit.report.live.terminal import view
from spikekit.traffic.block import Block
from spikekit.traffic.follow import Follower
from spikekit.traffic.format import line_format
from tests.live.drills import LAUNCH, known_forecast
from tests.live.test_queried import answered
from tests.traffic.lines import LINK, line

WATCHED = Watched(forecasts=(known_forecast(),))


class _Given:
    """What is given at the next look, by a clock that is set."""

    nothing_yet = "nothing yet"

    def __init__(self) -> None:
        self.now = 0.0
        self.lines = b""

    def poll(self) -> Iterator[Block]:
        if self.lines:
            yield Block(log=0, lines=self.lines)
        self.lines = b""

    def state(self) -> dict[str, Any]:
        return {}

    def following(self, form: str | None = None, journal: Journal | None = None) -> Following:
        """A watch of it."""
        watch = Watch(WATCHED, line_format(form) if form else None)
        return Following(watch, self, journal=journal, tell=lambda alarm: None, clock=lambda: self.now)


def test_twenty_strange_lines_are_doubted_at_once_and_fewer_after_ten_seconds() -> None:
    given = _Given()
    for count, seconds in ((20, 0.0), (3, 11.0)):
        following = given.following()
        given.lines = b"strange\n" * (count - 1)
        following.step()
        assert following.doubt is None
        given.lines = b"strange\n"
        following.step()
        given.now += seconds
        assert following.doubt is not None
        assert 'the first is "strange"' in following.doubt
        given.lines = line(LINK).encode()
        following.step()
        assert following.doubt is None


def test_where_nothing_comes_the_source_says_what_may_be_the_matter() -> None:
    given = _Given()
    following = given.following()
    following.step()
    assert following.doubt is None
    given.now += 11
    assert following.doubt == "nothing yet"
    with pytest.raises(UsageError, match="nothing yet"):
        following.finish()


def test_a_source_that_ends_without_a_line_that_can_be_read_is_an_error_and_one_with_such_a_line_is_none() -> None:
    given = _Given()
    following = given.following("common")
    given.lines = b"strange\n"
    following.step()
    with pytest.raises(UsageError, match="is as common"):
        following.finish()
    given.lines = line(LINK).encode()
    following.step()
    following.finish()


def test_lines_that_could_not_be_read_are_read_again_with_another_format(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(line(LINK) * 3)
    journal = Journal(tmp_path, [log])
    for form, has_read in (('$status $remote_addr [$time_local] "$request"', False), ("combined", True)):
        with Follower([log], from_start=True) as follower:
            watch = Watch(WATCHED, line_format(form))
            following = Following(watch, follower, journal=journal, tell=lambda alarm: None)
            assert journal.read() is None
            following.step()
            following.save()
            assert (journal.read() is not None, watch.tally.unread is None) == (has_read, has_read)


def test_a_watch_of_a_query_speaks_of_prometheus_and_of_no_lines() -> None:
    watch = Watch(WATCHED)
    now = LAUNCH.timestamp() + 600
    source = Queried(
        "http://127.0.0.1:9090",
        "sum(rate(visits_total[1m]))",
        list(watch.courses.values()),
        lambda words: None,
        now=lambda: now,
        transport=httpx.MockTransport(answered),
    )
    clock = [0.0]
    following = Following(watch, source, journal=None, tell=lambda alarm: None, clock=lambda: clock[0])
    following.step()
    clock[0] += 90
    following.step()
    shown = "\n".join([*view(following, plain), *replay_lines(watch, plain)])
    assert "by Prometheus, up to 18:10:00; nothing new for 2 min" in shown
    assert "Prometheus has nothing new" in "\n".join(alarm.title for alarm in following.recent)
    assert "hardly begun" not in shown
    assert " line" not in shown
