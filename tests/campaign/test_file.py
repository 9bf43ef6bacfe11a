"""A campaign file becomes a campaign, or every one of its problems with its line and column."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spikekit.campaign.file import load_campaign, read_campaign
from spikekit.errors import FileProblems
from spikekit.site.file import load_site
from spikekit.vocabulary import ChannelKind, Range, Status
from tests.files.contract import CAMPAIGN, write_project

SMALLEST = """\
version: 1
name: A
launch: 2026-12-04T18:00Z
landing: /
channels: [{kind: email, audience: 5}]
"""


def _problems(folder: Path, text: str, *, name: str = "a.yaml", journeys: list[str] | None = None) -> list[str]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return [str(p).removeprefix(f"{folder}/") for p in read_campaign(path, journeys)[1]]


def test_the_promised_example_loads_as_it_is_written(tmp_path: Path) -> None:
    path = write_project(tmp_path)
    campaign = load_campaign(path, load_site(tmp_path / "site.yaml"))
    assert (campaign.id, campaign.status, campaign.timezone) == ("fry-reads", Status.CONFIRMED, "Europe/London")
    assert campaign.launch == datetime(2026, 12, 4, 18, tzinfo=UTC)
    assert campaign.journey == (("browse", 1.0),)
    assert campaign.overlap == 0.2
    assert campaign.utm == (("source", "x"), ("medium", "social"), ("campaign", "fry-reads"))
    assert campaign.value is not None
    assert (campaign.value.amount, campaign.value.currency) == (18.0, "GBP")
    post, email, ads, past, drop = campaign.channels
    assert (post.audience, post.account, post.within_seconds) == (Range.exact(6.2e6), "@StephenFry", 7200)
    assert (post.landing, email.landing) == ("/books", "/books/offer")
    assert (email.at_seconds, email.send_over_seconds) == (1800, 1200)
    assert email.click_rate == Range(low=0.01, likely=0.026, high=0.06)
    assert ads.deliver_over_seconds == 259_200
    assert past.curve is not None
    assert (past.curve.offset_seconds, past.curve.visitors) == ((0, 3600, 7200, 10800), (120, 340, 90))
    assert (drop.arrive_before_seconds, drop.reload_every_seconds) == (600, 20)


def test_what_is_left_out_has_its_documented_default(tmp_path: Path) -> None:
    path = tmp_path / "winter-sale.yaml"
    path.write_text(SMALLEST, encoding="utf-8")
    campaign = load_campaign(path)
    assert (campaign.id, campaign.status, campaign.timezone) == ("winter-sale", Status.CONFIRMED, "UTC")
    assert campaign.journey == campaign.channels[0].journey == (("landing", 1.0),)
    assert campaign.channels[0].label == "email"


def test_all_problems_come_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = """\
version: 1
name: Fry tweets
launch: 2026-03-29T01:30
timezone: Europe/London
landing: /books
channels:
  - kind: celebrty_post
    audience: lots
overlap: 20%
owner:
"""
    assert _problems(tmp_path, text) == [
        "a.yaml:3:9 launch: 01:30 on 29 March 2026 does not exist in Europe/London (clocks go forward); "
        "00:30 or 02:30?",
        'a.yaml:7:11 channels[0].kind: "celebrty_post" is not a kind of channel; did you mean celebrity_post?',
        'a.yaml:8:15 channels[0].audience: expected a count such as 250k or 6.2M, found "lots"',
        "a.yaml:10:7 owner: expected text of one line, found nothing",
    ]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            ("version: 1\n", ""),
            "1:1 version: expected a version of this format: 1, found nothing; version is required",
        ),
        *(
            (
                ("kind: email", f"kind: {word}"),
                f'5:19 channels[0].kind: "{word}" is not a kind of channel; did you mean {meant}?',
            )
            for word, meant in (
                ("newsletter", "email"),
                ("Newsleter", "email"),
                ("instagram", "story_link"),
                ("instagram-story", "story_link"),
                ("tweet", "celebrity_post"),
                ("e-mail", "email"),
            )
        ),
        (("version: 1", "version: 2"), '1:10 version: "2" is not a version of this format; allowed: 1'),
        (
            ("Z\n", "\n"),
            "1:1 timezone: expected a time zone such as Europe/London, or an offset in launch, found neither",
        ),
        (
            ("landing: /", "landing: //evil.example"),
            '4:10 landing: expected a path such as /books, found "//evil.example"; // would name another site',
        ),
        (
            ("landing: /", "landing: https://x.example/"),
            '4:10 landing: expected a path such as /books, found "https://x.example/"; '
            "it begins with /, without the site's address",
        ),
        (
            ("landing: /", 'landing: "/{id}"'),
            '4:10 landing: expected a path such as /books, found "/{id}"; it cannot hold "{"',
        ),
        (("[{kind: email, audience: 5}]", "[]"), "5:11 channels: expected at least 1, found 0"),
        (
            ("audience: 5", "audience: 0"),
            "5:36 channels[0].audience: expected a count such as 250k or 6.2M, found 0; it must be more than zero",
        ),
        *(
            (
                ("audience: 5", f"{key}: 250.000"),
                f"5:{28 + len(key)} channels[0].{key}: expected a count such as 250k or 6.2M, found 250.000; "
                "did you mean 250_000 or 250k?",
            )
            for key in ("audience", "clicks")
        ),
        (
            ("audience: 5", "clicks: 5, click_rate: 1%"),
            "5:37 channels[0].click_rate: clicks already says how many come; leave click_rate or clicks out",
        ),
        (
            ("audience: 5", "audience: 5, at: 2026-02-30T10:00"),
            "5:43 channels[0].at: expected a duration after launch such as 30m, or a local time "
            'such as 2026-12-04T18:30, found "2026-02-30T10:00"; February 2026 has 28 days, not 30',
        ),
        (
            ("channels:", "value: {conversion_rate: 2%, per_conversion: £18}\nchannels:"),
            '5:46 value.per_conversion: expected an amount with its currency such as 18 GBP, found "£18"; '
            "the currency is three capital letters",
        ),
        (
            ("audience: 5", "audience: 5, at: 2062-12-04T18:30"),
            "5:43 channels[0].at: 18:30 on 4 December 2062 is more than a year from the launch",
        ),
        (
            ("channels:", "utm: {sauce: x}\nchannels:"),
            '5:7 utm.sauce: "sauce" is not a key of the utm values; did you mean source?',
        ),
        (
            ("channels:", "journey: {a: 50%, b: 30%}\nchannels:"),
            "5:10 journey: expected shares that sum to 100%, found 80%",
        ),
        (
            ("channels:", "id: Fry\nchannels:"),
            '5:5 id: expected a name of lower-case letters, digits and hyphens, found "Fry"; did you mean fry?',
        ),
    ],
)
def test_each_mistake_is_explained_where_it_is(tmp_path: Path, change: tuple[str, str], problem: str) -> None:
    assert _problems(tmp_path, SMALLEST.replace(*change)) == [f"a.yaml:{problem}"]


def test_a_file_name_that_is_no_id_asks_for_one(tmp_path: Path) -> None:
    assert _problems(tmp_path, SMALLEST, name="Fry Reads.yaml") == [
        'Fry Reads.yaml:1:1 id: the file\'s name "Fry Reads" cannot be an id; add a key such as id: fry-reads'
    ]


def test_a_mistyped_journey_gets_the_nearest_of_the_site_also_in_a_mix(tmp_path: Path) -> None:
    text = SMALLEST.replace("audience: 5}", "audience: 5, journey: brows}").replace(
        "channels:", "journey: {buy: 40%, borwse: 60%}\nchannels:"
    )
    assert _problems(tmp_path, text, journeys=["browse", "buy"]) == [
        'a.yaml:5:21 journey.borwse: "borwse" is not a journey of the site; did you mean browse?',
        'a.yaml:6:48 channels[0].journey: "brows" is not a journey of the site; did you mean browse?',
    ]
    assert _problems(tmp_path, text) == []


def test_thirds_of_a_journey_mix_may_be_rounded(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(SMALLEST.replace("channels:", "journey: {a: 33.3%, b: 33.3%, c: 33.3%}\nchannels:"))
    assert sum(share for _, share in load_campaign(path).journey) == pytest.approx(1, abs=1e-12)


def test_a_local_time_of_a_channel_counts_the_hours_that_really_pass(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    # The clocks go forward between launch and send: the wall says ten hours, nine pass.
    text = SMALLEST.replace("2026-12-04T18:00Z", "2026-03-28T22:00\ntimezone: Europe/London")
    path.write_text(text.replace("audience: 5", "audience: 5, at: 2026-03-29T08:00"))
    assert load_campaign(path).channels[0].at_seconds == 9 * 3600


def test_a_channel_may_start_before_the_launch(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(SMALLEST.replace("audience: 5", "audience: 5, at: -10m"))
    assert load_campaign(path).channels[0].at_seconds == -600


def test_channels_of_one_kind_get_names_that_differ(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    more = "[{kind: email, audience: 5}, {kind: email, audience: 5}, {kind: email, audience: 5, name: email (3)}]"
    path.write_text(SMALLEST.replace("[{kind: email, audience: 5}]", more))
    assert [c.label for c in load_campaign(path).channels] == ["email", "email (2)", "email (3)"]


def test_problems_of_last_times_table_point_into_it(tmp_path: Path) -> None:
    (tmp_path / "last.csv").write_text("time,visitors\n0,5\n60,many\n30,-1\n")
    text = SMALLEST.replace("{kind: email, audience: 5}", "{kind: past, curve: last.csv, scale: 1.2}")
    assert _problems(tmp_path, text) == [
        'last.csv:3:4 expected a number, at least 0, found "many"',
        "last.csv:4:1 expected a time after the row before; rows go from first to last",
        'last.csv:4:4 expected a number, at least 0, found "-1"',
    ]


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    text = SMALLEST.replace("{kind: email, audience: 5}", "{kind: past, curve: last.csv, scale: 1.2}")
    (problem,) = _problems(tmp_path, text)
    assert problem.startswith('a.yaml:5:32 channels[0].curve: expected a CSV file of time,visitors, found "last.csv"; ')


def test_load_raises_all_problems_as_one_error(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("version: 3\nname: [1]\n")
    with pytest.raises(FileProblems) as caught:
        load_campaign(path)
    assert len(caught.value.problems) == 5
    assert caught.value.exit_code == 2


BAD_VALUES = {
    "audience: 6.2M": "audience: lots",
    "within: 2h": "within: later",
    "likely: 250k": "likely: some",
    "at: 30m": "at: 12:30",
    "likely: 2.6%": "likely: 260%",
    "deliver_over: 3d": "deliver_over: 3",
    "reload_every: 20s": "reload_every: -20s",
    "overlap: 20%": "overlap: much",
    "status: confirmed": "status: confirm",
    "per_conversion: 18 GBP": "per_conversion: 18",
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sets(st.sampled_from(sorted(BAD_VALUES)), min_size=1),
    st.lists(st.sampled_from(["", "# a comment: with a colon", "   # é😀"]), max_size=4),
    st.integers(0, 4),
)
def test_whatever_is_broken_is_found_exactly_where_it_was_broken(
    tmp_path: Path, broken: set[str], padding: list[str], extra: int
) -> None:
    write_project(tmp_path)
    text = CAMPAIGN
    for right in broken:
        text = text.replace(right, BAD_VALUES[right])
    lines = [line.replace(": ", ":" + " " * (1 + extra), 1) for line in text.split("\n")]
    padded = "\n".join(padding + [p for line in lines for p in (line, *padding[:1])])
    expected = set()
    for right in broken:
        name, value = BAD_VALUES[right].split(": ")
        for number, line in enumerate(padded.split("\n"), 1):
            code = line.split("#")[0]
            for spelled in (f"{name}: {value}", f"{name}:{' ' * (1 + extra)}{value}"):
                if (at := code.find(spelled)) >= 0:
                    expected.add((number, at + len(spelled) - len(value) + 1))
    (tmp_path / "fry-reads.yaml").write_text(padded, encoding="utf-8")
    _, problems = read_campaign(tmp_path / "fry-reads.yaml", None)
    assert {(p.line, p.column) for p in problems} == expected
    assert len(problems) == len(broken)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, len(CAMPAIGN)), st.integers(0, 40), st.text("{}[]:,-'\"&*!|> \n\t#0k%é", max_size=6))
def test_no_edit_of_a_good_file_makes_the_program_fail(tmp_path: Path, at: int, drop: int, insert: str) -> None:
    write_project(tmp_path, campaign=CAMPAIGN[:at] + insert + CAMPAIGN[at + drop :])
    campaign, problems = read_campaign(tmp_path / "fry-reads.yaml", ["browse"])
    assert (campaign is None) == bool(problems)


def test_every_kind_of_channel_can_be_declared(tmp_path: Path) -> None:
    (tmp_path / "last.csv").write_text("time,visitors\n0,5\n60,7\n")
    special = {
        ChannelKind.PAST: "curve: last.csv, scale: 1.2",
        ChannelKind.DROP: "audience: 5k, arrive_before: 10m, reload_every: 20s",
        ChannelKind.CUSTOM: "audience: 5k, click_rate: 3%, response: {median: 2h, sigma: 1.4}",
        ChannelKind.PRESS: "account: a daily",
    }
    channels = ", ".join(f"{{kind: {k.value}, {special.get(k, 'audience: 5k')}}}" for k in ChannelKind)
    path = tmp_path / "a.yaml"
    path.write_text(SMALLEST.replace("{kind: email, audience: 5}", channels))
    assert [c.kind for c in load_campaign(path).channels] == list(ChannelKind)


def _starts(folder: Path, launch: str, *channels: str) -> dict[str, float]:
    """Hours from the launch to each channel's start, by its label."""
    lines = "\n".join(f"  - {{kind: email, audience: 5, {c}}}" for c in channels)
    text = f"version: 1\nname: A\nlaunch: {launch}\ntimezone: Europe/London\nlanding: /\nchannels:\n{lines}\n"
    (folder / "zones.yaml").write_text(text, encoding="utf-8")
    return {c.label: c.at_seconds / 3600 for c in load_campaign(folder / "zones.yaml").channels}


def test_a_channel_with_a_zone_starts_when_its_clocks_say_so(tmp_path: Path) -> None:
    assert _starts(
        tmp_path,
        "2026-12-04T18:00",
        "name: here",
        "timezone: America/New_York",
        "timezone: Asia/Tokyo, at: 30m",
        "name: Paris, timezone: Europe/Paris, at: 2026-12-04T18:30",
    ) == {"here": 0, "email in New York": 5, "email in Tokyo": -8.5, "Paris": -0.5}


def test_zones_that_change_their_clocks_on_different_days_are_an_hour_nearer_for_a_while(tmp_path: Path) -> None:
    """The clocks go forward on 8 March 2026 in New York and on 29 March in London."""
    assert _starts(tmp_path, "2026-03-20T18:00", "timezone: America/New_York") == {"email in New York": 4}


def test_a_launch_hour_that_a_channels_zone_skips_is_told(tmp_path: Path) -> None:
    text = SMALLEST.replace("18:00Z", "02:30Z").replace("2026-12-04", "2026-03-08")
    (problem,) = _problems(tmp_path, text.replace("audience: 5", "audience: 5, timezone: America/New_York"))
    assert problem.startswith(
        "a.yaml:5:49 channels[0].timezone: 02:30 on 8 March 2026 does not exist in America/New_York"
    )
