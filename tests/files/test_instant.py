"""Local times: skipped and repeated hours are told apart everywhere, and what is suggested instead works."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.files.instant import local_time, resolve, zone

ZONES = (
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Tehran",
    "America/Santiago",
    "Pacific/Apia",
)
HALF_AN_HOUR = timedelta(minutes=30)


@cache
def _changes(name: str) -> list[datetime]:
    """Local wall times at which the zone's offset changed between 2010 and 2027."""
    where, found = ZoneInfo(name), []
    moment = datetime(2010, 1, 1, tzinfo=UTC)
    while moment.year < 2028:
        after = moment + timedelta(hours=6)
        if moment.astimezone(where).utcoffset() != after.astimezone(where).utcoffset():
            while moment.astimezone(where).utcoffset() == (moment + HALF_AN_HOUR).astimezone(where).utcoffset():
                moment += HALF_AN_HOUR
            found.append((moment + HALF_AN_HOUR).astimezone(where).replace(tzinfo=None))
        moment = after
    return found


@st.composite
def _near_changes(draw: st.DrawFn) -> tuple[datetime, ZoneInfo]:
    name = draw(st.sampled_from(ZONES))
    return draw(st.sampled_from(_changes(name))) + timedelta(minutes=draw(st.integers(-150, 150))), ZoneInfo(name)


def _instants(local: datetime, where: ZoneInfo) -> set[datetime]:
    """Every instant at which the clocks of a zone show a wall time, found by looking at each quarter of an hour."""
    guess = local.replace(tzinfo=UTC)
    around = (guess + timedelta(minutes=15 * k) for k in range(-60, 60))
    return {t for t in around if t.astimezone(where).replace(tzinfo=None, fold=0) == local}


@given(_near_changes())
def test_around_every_change_of_the_clocks_only_unambiguous_times_pass(case: tuple[datetime, ZoneInfo]) -> None:
    local, where = case
    possible = _instants(local, where)
    text = f"{local:%Y-%m-%dT%H:%M}"
    if len(possible) == 1:
        assert resolve(local_time(text), where).astimezone(UTC) in possible
        return
    with pytest.raises(ValueError, match=r"does not exist|happens twice") as caught:
        resolve(local_time(text), where)
    if possible:
        offered = re.findall(r"\d{4}-\S+:\d\d", str(caught.value))
        assert {resolve(local_time(o), where).astimezone(UTC) for o in offered} == possible
    else:
        assert "does not exist" in str(caught.value)


@given(_near_changes())
def test_both_times_offered_for_a_skipped_hour_exist_and_lie_on_its_two_sides(case: tuple[datetime, ZoneInfo]) -> None:
    local, where = case
    try:
        resolve(local_time(f"{local:%Y-%m-%dT%H:%M}"), where)
    except ValueError as error:
        if "happens twice" in str(error):
            return
        offered = str(error).rsplit("; ", 1)[1].rstrip("?").split(" or ")
        full = [o if "T" in o else f"{local:%Y-%m-%d}T{o}" for o in offered]
        before, after = (resolve(local_time(o), where).replace(tzinfo=None) for o in full)
        assert before < local < after


def test_a_skipped_hour_is_explained_with_both_neighbours() -> None:
    with pytest.raises(ValueError, match="clocks") as caught:
        resolve(local_time("2026-03-29T01:30"), ZoneInfo("Europe/London"))
    assert str(caught.value) == (
        "01:30 on 29 March 2026 does not exist in Europe/London (clocks go forward); 00:30 or 02:30?"
    )


def test_a_repeated_hour_asks_for_an_offset() -> None:
    with pytest.raises(ValueError, match="clocks") as caught:
        resolve(local_time("2026-10-25T01:30"), ZoneInfo("Europe/London"))
    assert str(caught.value) == (
        "01:30 on 25 October 2026 happens twice in Europe/London (clocks go back); "
        "write 2026-10-25T01:30+01:00 or 2026-10-25T01:30+00:00"
    )


def test_a_whole_day_that_was_skipped_is_offered_with_its_dates() -> None:
    with pytest.raises(ValueError, match="2011-12-29T12:00 or 2011-12-31T12:00"):
        resolve(local_time("2011-12-30T12:00"), ZoneInfo("Pacific/Apia"))


@pytest.mark.parametrize("text", ["2026-12-04T18:00+01:00", "2026-12-04T17:00Z", "2026-12-04 17:00:00Z"])
def test_an_offset_or_z_says_the_instant_itself(text: str) -> None:
    assert resolve(local_time(text), ZoneInfo("America/New_York")) == datetime(2026, 12, 4, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("2026-02-30T18:00", "February 2026 has 28 days, not 30"),
        ("2026-13-01T18:00", "there is no month 13"),
        ("2026-12-04T25:00", "a day has no 25:00:00"),
        ("1026-12-04T18:00", "the year 1026 is not between 2000 and 2100"),
        ("2026-12-04", "add the time of day: 2026-12-04T18:00"),
        ("18:00", "add the date: 2026-12-04T18:00"),
        ("04/12/2026 18:00", "the year comes first, then the month"),
        ("2026-12-04T18:00+19:00", "no place on Earth is +19:00 from UTC"),
        ("soon", ""),
    ],
)
def test_an_impossible_time_says_why(text: str, note: str) -> None:
    with pytest.raises(ValueError, match=r".*") as caught:
        local_time(text)
    assert str(caught.value) == note


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Europe/Lodnon", "Europe/London"),
        ("London", "Europe/London"),
        ("europe/berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
    ],
)
def test_a_mistyped_zone_gets_the_nearest(name: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"did you mean {meant}\\?"):
        zone(name)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "/etc/passwd", "Europe", "\x00", "x" * 5000])
def test_a_zone_cannot_be_a_path_out_of_the_zone_data(name: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        zone(name)
