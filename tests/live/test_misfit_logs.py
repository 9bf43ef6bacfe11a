"""Whatever befalls a log, a watch of it counts what is in it, says what it left out and where lines are missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from spikekit.live.document import live_document
from spikekit.live.following import Following
from spikekit.live.journal import Journal
from spikekit.live.replay import replay
from spikekit.live.watch import Watch
from spikekit.live.watched import Watched
from spikekit.traffic.follow import Follower
from spikekit.traffic.format import line_format
from tests.live.drills import known_forecast
from tests.traffic.lines import LINK, line

WATCHED = Watched(forecasts=(known_forecast(),))
SECONDS, PER_SECOND = 120, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """What a log looks like, and what is true of it. ``gaps``: seconds after the launch."""

    text: bytes
    visitors: int
    skipped: dict[str, int] = field(default_factory=dict)
    gaps: tuple[tuple[int, int], ...] = ()

    @property
    def lines(self) -> int:
        return self.visitors + sum(self.skipped.values())


def _visits(began: int, ended: int) -> bytes:
    """So many visits by the campaign's link a second, each from an address of its own."""
    return "".join(
        line(LINK, at=at, address=f"10.{at >> 8}.{at & 255}.{n}")
        for at in range(began, ended)
        for n in range(PER_SECOND)
    ).encode()


def _in_london_s_summer(text: bytes) -> bytes:
    return text.replace(b":18:", b":19:").replace(b"+0000", b"+0100")


WHOLE, HALF = SECONDS * PER_SECOND, SECONDS // 2
MISFITS = {
    "whole": Misfit(text=_visits(0, SECONDS), visitors=WHOLE),
    "binary lines": Misfit(
        text=_visits(0, HALF) + b"\0\1\2\n\xff\0\xfe\n" + _visits(HALF, SECONDS),
        visitors=WHOLE,
        skipped={"binary": 2},
    ),
    "truncated lines": Misfit(
        text=_visits(0, HALF) + line(LINK)[:60].encode() + b"\n\n" + _visits(HALF, SECONDS),
        visitors=WHOLE,
        skipped={"not a log line": 1, "empty": 1},
    ),
    "a line without a time": Misfit(
        text=_visits(0, HALF) + line(LINK).replace("04/Dec", "99/Foo").encode() + _visits(HALF, SECONDS),
        visitors=WHOLE,
        skipped={"no time": 1},
    ),
    "mixed zones": Misfit(text=_visits(0, HALF) + _in_london_s_summer(_visits(HALF, SECONDS)), visitors=WHOLE),
    "a clock that is set back": Misfit(text=_visits(40, SECONDS) + _visits(0, 40), visitors=WHOLE),
    "a log that stops": Misfit(
        text=_visits(0, HALF) + _visits(HALF + 300, SECONDS + 300),
        visitors=WHOLE,
        gaps=((HALF - 1, HALF + 300),),
    ),
}


@pytest.fixture(params=list(MISFITS.values()), ids=list(MISFITS))
def misfit(request: pytest.FixtureRequest) -> Misfit:
    """One log after the other."""
    found: Misfit = request.param
    return found


def _compare(watch: Watch, misfit: Misfit) -> None:
    course, launch = watch.courses["fry-reads"], int(WATCHED.campaigns[0].launch.timestamp())
    assert watch.tally.lines == misfit.lines
    assert dict(watch.tally.skipped) == misfit.skipped
    assert (course.entries, sum(course.minutes)) == (misfit.visitors, misfit.visitors)
    assert sum(counts.requests for counts in watch.totals.sources.values()) == misfit.visitors
    assert tuple((gap.began - launch, gap.ended - launch) for gap in watch.tally.gaps.latest) == misfit.gaps
    assert len(live_document(watch, {})["gaps"]) == len(misfit.gaps)


def test_a_replay_counts_what_is_true(misfit: Misfit, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(misfit.text)
    _compare(replay([log], WATCHED), misfit)


def _append(log: Path, text: bytes) -> None:
    with log.open("ab") as stream:
        stream.write(text)


def _rotate(log: Path, text: bytes) -> None:
    """The log is renamed in the middle of a burst."""
    _append(log, text[: text.find(b"\n", len(text) // 2) + 1])
    log.rename(log.with_name("access.log.1"))
    log.write_bytes(text[text.find(b"\n", len(text) // 2) + 1 :])


@pytest.mark.parametrize("grow", [_append, _rotate], ids=["grows", "is rotated"])
def test_a_live_watch_that_dies_unsaved_and_begins_again_counts_what_is_true(
    misfit: Misfit, grow: Callable[[Path, bytes], None], tmp_path: Path
) -> None:
    log, journal = tmp_path / "access.log", Journal(tmp_path, [tmp_path / "access.log"])
    cuts = [len(misfit.text) * part // 4 for part in range(5)]
    first, second, third, last = (misfit.text[a:b] for a, b in pairwise(cuts))
    log.write_bytes(first)
    with Follower([log], from_start=True) as follower:
        dying = _following(follower, journal)
        dying.step()
        dying.save()
        # What is read from here on is in no state: it must be read again.
        _append(log, second)
        dying.step()
    grow(log, third)
    with Follower([log], from_start=True) as follower:
        following = _following(follower, journal)
        state = journal.read()
        assert state is not None
        follower.restore(state["source"])
        following.restore(state)
        following.step()
        _append(log, last)
        following.step()
        following.watch.count()
        _compare(following.watch, misfit)


def _following(follower: Follower, journal: Journal) -> Following:
    watch = Watch(WATCHED, line_format("combined"))
    return Following(watch, follower, journal=journal, tell=lambda alarm: None, clock=lambda: 0.0)
