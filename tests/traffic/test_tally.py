"""What logs say is counted once, whatever the logs are like."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikekit.errors import UsageError
from spikekit.traffic.attribution import Attribution
from spikekit.traffic.tally import Tally
from spikekit.traffic.totals import Totals
from spikekit.traffic.visits import Visits
from tests.known_truth import KnownLog
from tests.traffic.lines import LAUNCH, LINK, PHONE, SITE, campaign, line, summed, tally

FRY = campaign()


def _totals(counting: Tally) -> Totals:
    totals = Totals()
    for second in counting.take():
        totals.add(second)
    return totals


def test_a_known_log_is_counted_as_it_is(known_log: KnownLog) -> None:
    counting = Tally(None, Attribution([FRY]))
    counting.feed(known_log.path.read_bytes())
    totals = _totals(counting)
    found = totals.document()
    assert counting.lines == known_log.requests + known_log.skipped
    assert dict(counting.skipped) == {"not a log line": known_log.skipped}
    assert sum(source["requests"] for source in found.values()) == known_log.requests
    assert {name: source["entries"] for name, source in found.items() if source["entries"]} == known_log.entries
    assert sum(source["failures"] for source in found.values()) == known_log.failures
    assert found["fry-reads"]["peak_requests_per_second"] == 20.0
    assert counting.latest == int(known_log.first.timestamp()) + known_log.seconds - 1


@settings(deadline=None, max_examples=25)
@given(cuts=st.lists(st.integers(0, 80), max_size=6), stop=st.integers(0, 80))
def test_the_same_is_counted_however_the_lines_are_cut_and_wherever_it_was_interrupted(
    cuts: list[int], stop: int
) -> None:
    lines = [
        line((LINK, "/b", "/c")[i % 3], at=i, address=f"10.0.0.{i % 11}", status=200 if i % 13 else 503)
        for i in range(80)
    ]
    whole = tally(FRY)
    whole.feed("".join(lines).encode())
    parts, totals = tally(FRY), Totals()
    for first, last in zip((0, *sorted(cuts)), (*sorted(cuts), 80), strict=True):
        parts.feed("".join(lines[first:last]).encode())
        for second in parts.take(parts.latest - stop if parts.latest else None):
            totals.add(second)
        saved = json.loads(json.dumps({"tally": parts.state(), "totals": totals.state()}))
        parts, totals = tally(FRY), Totals()
        parts.restore(saved["tally"])
        totals.restore(saved["totals"])
    for second in parts.take():
        totals.add(second)
    assert totals.document() == _totals(whole).document()
    assert (parts.lines, parts.latest) == (whole.lines, whole.latest)


def test_lines_that_are_no_requests_are_counted_by_reason() -> None:
    counting = tally()
    text = (
        line()
        + "\n"
        + "-- rotated --\n"
        + "\x00\x01\x02\n"
        + line().replace("04/Dec/2026", "99/Foo/2026")
        + line()[:60]
        + "\n"
    )
    counting.feed(text.encode(), too_long=2)
    assert dict(counting.skipped) == {"too long": 2, "empty": 1, "not a log line": 2, "binary": 1, "no time": 1}
    assert counting.lines == 8
    assert sum(c.requests for c in summed(counting.take()).values()) == 1


def test_bytes_that_are_not_utf_8_do_no_harm() -> None:
    counting = tally()
    counting.feed(line("/caf\udce9", referrer="https://ex\udcff.example/\udce9").encode("utf-8", "surrogateescape"))
    (second,) = counting.take()
    assert second.arrivals == {("other", "/caf�"): 1}


def test_every_line_counts_in_its_own_zone() -> None:
    counting = tally()
    london = line().replace("+0000", "+0100").replace(":18:00:00", ":19:00:00")
    counting.feed((line() + london.replace("203.", "204.") + line(at=3600)).encode())
    assert [(s.at - int(LAUNCH.timestamp()), s.total.requests) for s in counting.take()] == [(0, 2), (3600, 1)]


def test_a_clock_that_is_set_back_loses_nothing() -> None:
    counting, totals = tally(), Totals()
    for at in (100, 101, 102, 95, 96, 97, 103):
        counting.feed(line(at=at, address=str(at)).encode())
        for second in counting.take(counting.latest):
            totals.add(second)
    for second in counting.take():
        totals.add(second)
    assert totals.sources["direct"].requests == 7


def test_one_line_from_another_century_does_not_stop_the_clock_and_a_long_silence_does_not_either() -> None:
    counting, totals = tally(), Totals()
    ahead = line().replace("/2026:", "/2096:")
    for at in (0, 1, None, 2, 3, 4, 5 * 86_400, 5 * 86_400 + 1):
        counting.feed((ahead if at is None else line(at=at, address=str(at)) * 10).encode())
        for second in counting.take(counting.latest):
            totals.add(second)
    assert counting.latest == LAUNCH.timestamp() + 5 * 86_400 + 1
    for second in counting.take():
        totals.add(second)
    assert totals.document()["direct"]["requests"] == 71
    assert totals.document()["direct"]["peak_requests_per_second"] == 5.0


def test_a_log_that_stops_and_goes_on_tells_the_gap() -> None:
    counting = tally()
    counting.feed("".join(line(at=i / 5, address=str(i)) for i in range(600)).encode())
    counting.feed(line(at=300).encode())
    (gap,) = counting.gaps.latest
    assert (gap.began - LAUNCH.timestamp(), gap.ended - LAUNCH.timestamp()) == (119, 300)


def test_a_quiet_night_is_no_gap() -> None:
    counting = tally()
    counting.feed("".join(line(at=i * 240, address=str(i)) for i in range(100)).encode())
    assert counting.gaps.count == 0


def test_however_many_addresses_come_few_visits_are_kept_and_recent_ones_are_known() -> None:
    visits = Visits(most=500)
    counting = Tally(tally().line_format, Attribution(own_hosts=["example.com"]), visits=visits)
    for start in range(0, 20_000, 100):
        block = [line(LINK, at=start / 100, address=f"10.{i}") for i in range(start, start + 100)]
        block += [line("/b", at=start / 100, address=f"10.{start}", referrer=f"{SITE}/books")]
        counting.feed("".join(block).encode())
    assert len(visits.young) + len(visits.old) <= 1_300
    assert "unknown" not in summed(counting.take())


def test_an_unknown_format_is_said_once_enough_lines_were_seen() -> None:
    counting = tally(form=None)
    counting.feed(b"what is this\n" * 100)
    assert counting.skipped["no known format"] == 100
    with pytest.raises(UsageError, match="what is this"):
        counting.feed(b"what is this\n" * 1_000)


def test_waiting_times_are_summed_where_the_log_has_them() -> None:
    counting = tally(form='$remote_addr [$time_local] "$request" $status "$http_user_agent" $request_time')
    stamp = LAUNCH.strftime("%d/%b/%Y:%H:%M:%S %z")
    counting.feed(
        "".join(f'1.2.3.4 [{stamp}] "GET / HTTP/2.0" 200 "{PHONE}" {t}\n' for t in ("0.25", "1.5", "-")).encode()
    )
    (second,) = counting.take()
    assert (second.timed, second.took_seconds) == (2, 1.75)


def test_a_second_tells_where_visits_began_by_source_and_page() -> None:
    counting = tally(FRY)
    counting.feed((line(LINK) + line("/books/", address="b") + line("/gifts?x=1", address="c")).encode())
    (second,) = counting.take()
    assert second.arrivals == {("fry-reads", "/books"): 1, ("direct", "/books"): 1, ("direct", "/gifts"): 1}
    assert second.landings() == {"/books": 2, "/gifts": 1}


@pytest.mark.parametrize(
    ("form", "says", "hint"),
    [
        ("common", r'no line of the log is as common; the first is "what is \\x1b this"', "every space"),
        ('$remote_addr [$time_local] "$request" $status', "as --log-format says", "every space"),
        (None, 'no known format; the first is "what is', "say how they look with --log-format"),
    ],
)
def test_lines_none_of_which_can_be_read_are_doubted_at_once_and_an_error_later(
    form: str | None, says: str, hint: str
) -> None:
    counting = tally(form=form)
    assert counting.unread is None
    counting.feed(b"\nwhat is \x1b this\n")
    assert counting.unread is not None
    assert re.search(says, counting.unread.message)
    assert hint in str(counting.unread.hint)
    with pytest.raises(UsageError, match=says):
        counting.feed(b"more of it\n" * 1_000)


def test_where_another_format_fits_than_was_said_it_is_named_and_one_line_that_can_be_read_ends_all_doubt() -> None:
    counting = tally(form='$status $remote_addr [$time_local] "$request"')
    counting.feed(line(LINK).encode())
    assert "they look like combined" in str(counting.unread and counting.unread.hint)
    counting.feed(f'200 10.0.0.1 [{LAUNCH:%d/%b/%Y:%H:%M:%S %z}] "GET / HTTP/1.1"\n'.encode())
    counting.feed(line(LINK).encode() * 1_000)
    assert counting.unread is None
