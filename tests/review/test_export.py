"""What mail tools export is understood, or every bad row is told with its place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikekit.errors import FileProblems, UsageError
from spikekit.files.exported import DateOrder
from spikekit.review.columns import mapping
from spikekit.review.export import Export, read_results
from spikekit.vocabulary import ChannelKind

MAILCHIMP = """\
Title,Subject,List,Send Date,Send Weekday,Total Recipients,Successful Deliveries,Total Bounces,Unique Opens,Open Rate,\
Total Opens,Unique Clicks,Click Rate,Total Clicks,Unsubscribes
"October, first",Read more,Readers,"Oct 01, 2026 07:30 am",Thursday,"12,600","12,500",100,"3,000",24.0%,"4,100",300,\
2.4%,325,12
November,Read on,Readers,"Nov 05, 2026 07:30 am",Thursday,"12,900","12,800",100,"3,100",24.2%,"4,000",310,2.4%,340,9
"""

KLAVIYO = """\
Campaign Name,Tags,Subject,List,Send Time,Send Weekday,Total Recipients,Unique Opens,Open Rate,Total Opens,\
Unique Clicks,Click Rate,Total Clicks,Unsubscribes,Successful Deliveries,Bounces,Campaign ID,Campaign Channel
Sale,x,Now,VIPs,2026-10-01 07:30:00,Thursday,12600,3000,0.24,4100,300,0.024,325,12,12500,100,abc,Email
Flash,x,,VIPs,2026-10-02 07:30:00,Friday,5000,,,,,0.06,300,12,5000,0,abd,SMS
"""

HUBSPOT = """\
Email name,Email ID,Campaign,Publish date,Sent,Delivered,Opened,Open rate,Clicked,Click rate,Click-through rate,Bounced
Welcome back,1,Autumn,2026-10-01 07:30,12600,12500,3000,24.0,325,2.6,10.8,100
"""

BREVO = "\ufeff" + (
    "Campaign ID;Campaign Name;Subject;Sent Date;Recipients;Delivered;Openers;Clickers;Click rate;Unsubscribed\n"
    "7;Herbst;Lesen;01.10.2026 07:30;12.600;12.500;3.000;325;2,6 %;4\n"
)


def read(tmp_path: Path, text: str, order: DateOrder | None = None, **said: str) -> Export:
    path = tmp_path / "results.csv"
    path.write_text(text)
    return read_results(path, said=said, site="bookshop", order=order)


@pytest.mark.parametrize("text", [MAILCHIMP, KLAVIYO, HUBSPOT, BREVO], ids=["Mailchimp", "Klaviyo", "HubSpot", "Brevo"])
def test_the_exports_of_mail_tools_are_understood_as_they_are(tmp_path: Path, text: str) -> None:
    export = read(tmp_path, text)
    assert export.problems == ()
    first = export.results[0]
    assert (first.kind, first.audience, first.clicks) == (ChannelKind.EMAIL, 12_500, 325)
    assert first.date == datetime(2026, 10, 1, 7, 30, tzinfo=UTC)
    assert first.site == "bookshop"


def test_a_column_of_channels_tells_the_kind(tmp_path: Path) -> None:
    kinds = [r.kind for r in read(tmp_path, KLAVIYO).results]
    assert kinds == [ChannelKind.EMAIL, ChannelKind.SMS]


def test_lists_are_accounts_and_names_stay_whole(tmp_path: Path) -> None:
    export = read(tmp_path, MAILCHIMP)
    assert {r.account for r in export.results} == {"Readers"}
    assert [r.campaign for r in export.results] == ["October, first", "November"]
    assert export.columns["clicks"] == "Total Clicks"
    assert export.columns["sent"] == "Successful Deliveries"


def test_a_click_rate_serves_where_there_are_no_clicks(tmp_path: Path) -> None:
    export = read(tmp_path, 'name,recipients,click rate,opens\nA,10000,"2,5 %",5\n')
    assert export.results[0].clicks == 250


def test_audience_may_be_a_list_or_a_number_of_people(tmp_path: Path) -> None:
    lists = read(tmp_path, "name,audience,recipients,clicks,subject\nA,Readers,1000,20,x\n").results[0]
    people = read(tmp_path, "name,audience,clicks,subject\nA,1000,20,x\n").results[0]
    assert (lists.account, lists.audience) == ("Readers", 1000)
    assert (people.account, people.audience) == (None, 1000)


def test_columns_may_be_mapped_and_kinds_said_once(tmp_path: Path) -> None:
    said = mapping(["campaign=Wie,sent=An wen, alles,clicks='Wie oft'", "kind=push", "account=App"])
    assert said == {"campaign": "Wie", "sent": "An wen, alles", "clicks": "Wie oft", "kind": "push", "account": "App"}
    export = read(tmp_path, 'Wie;"An wen, alles";Wie oft\nA;1.000;20\n', **said)
    (result,) = export.results
    assert (result.kind, result.account, result.audience, result.clicks) == (ChannelKind.PUSH, "App", 1000, 20)
    assert result.date is None


def test_every_bad_row_is_told_at_once_and_the_good_ones_are_there(tmp_path: Path) -> None:
    export = read(
        tmp_path,
        "campaign,kind,sent,clicks,date\n"
        "A,email,1000,20,2026-10-01\n"
        ",email,1000,20,2026-10-01\n"
        "B,telegram,1000,20,2026-10-01\n"
        "C,email,many,20,2026-10-01\n"
        "D,email,1000,1001,2026-10-01\n"
        "E,email,0,0,2026-10-01\n"
        "F,email,1000,20,soon\n"
        "G,email,1000,,2026-10-01\n"
        "H,email\n"
        "I,email,1000,12.5,soon\n",
    )
    assert [r.campaign for r in export.results] == ["A"]
    assert [(p.line, p.column) for p in export.problems] == [
        (3, 1), (4, 3), (5, 9), (6, 14), (7, 9), (8, 17), (9, 14), (10, 1), (11, 14), (11, 19)
    ]  # fmt: skip
    told = "\n".join(str(p) for p in export.problems)
    assert "is that the right column?" in told
    assert "expected clicks, or a click rate such as 2.6%" in told


def test_a_thousand_bad_rows_are_all_told(tmp_path: Path) -> None:
    export = read(tmp_path, "campaign,kind,sent,clicks\n" + "A,email,1000,2000\n" * 1000)
    assert len(export.problems) == 1000
    assert export.results == ()


def test_rows_of_one_campaign_and_day_are_one_record_and_doubles_count_once(tmp_path: Path) -> None:
    row = "A,email,1000,20,2026-10-01,{}\n"
    export = read(tmp_path, "campaign,kind,sent,clicks,date,list\n" + row.format("x") * 2 + row.format("y"))
    assert export.doubles == 1
    (record,) = export.records
    assert [r.account for r in record.results] == ["x", "y"]


def test_days_that_could_be_months_ask_and_are_told(tmp_path: Path) -> None:
    text = "campaign,kind,sent,clicks,date\nA,email,1000,20,04/05/2026\n"
    assert "--dates" in str(read(tmp_path, text).problems[0])
    assert read(tmp_path, text, DateOrder.DAY_FIRST).results[0].date == datetime(2026, 5, 4, tzinfo=UTC)
    told = read(tmp_path, text + "B,email,1000,20,04/25/2026\n")
    assert [r.date.month for r in told.results if r.date] == [4, 4]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,b\n1,2\n", "no column looks like names"),
        ("campaign,sent,opens\nA,5,1\n", "no column looks like clicks"),
        ("campaign,clicks,opens\nA,5,1\n", "no column looks like people reached"),
        ("campaign,sent,clicks\nA,5,1\n", "say --kind email"),
    ],
)
def test_a_missing_column_is_told_with_what_there_is(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(FileProblems, match=says):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("maps", "says"),
    [(["campain=Name"], "did you mean campaign"), (["Name"], "MEANING=COLUMN"), (["sent="], "MEANING=COLUMN")],
)
def test_a_map_that_means_nothing_is_told(maps: list[str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        mapping(maps)


def test_a_mapped_column_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        read(tmp_path, MAILCHIMP, sent="Sucessful Deliveries")
    assert raised.value.hint == 'did you mean "Successful Deliveries"?'


@settings(max_examples=25)
@given(
    rows=st.lists(st.tuples(st.integers(1, 10**8), st.floats(0, 1)), min_size=1, max_size=8, unique_by=lambda r: r[0]),
    separator=st.sampled_from([",", ";", "\t"]),
    thousands=st.sampled_from(["", " ", "'", "\u00a0"]),
)
def test_no_result_is_lost_or_changed(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, float]], separator: str, thousands: str
) -> None:
    written = [(n, int(n * share)) for n, share in rows]
    lines = [
        separator.join([f"c{i}", "email", *(f"{v:,}".replace(",", thousands) for v in pair)])
        for i, pair in enumerate(written)
    ]
    path = tmp_path_factory.mktemp("export") / "results.csv"
    path.write_text("\n".join([separator.join(["campaign", "kind", "sent", "clicks"]), *lines]))
    export = read_results(path, said={})
    assert export.problems == ()
    assert [(r.audience, r.clicks) for r in export.results] == written


ADS = """\
Campaign report
"1 November 2025 - 30 November 2025"
Campaign;Campaign type;Impr.;Clicks;CTR
Brand;Search;120,000;3,600;3.00%
Total: account;;120,000;3,600;3.00%
"""


def test_titles_above_and_sums_below_are_no_rows(tmp_path: Path) -> None:
    export = read(tmp_path, ADS)
    (result,) = export.results
    assert (result.kind, result.audience, result.clicks) == (ChannelKind.SEARCH_ADS, 120_000, 3_600)
    assert export.problems == ()
    assert len(read(tmp_path, MAILCHIMP + "Totals" + "," * 14 + "\n").results) == 2


def test_a_post_is_measured_by_its_followers(tmp_path: Path) -> None:
    shown = read(tmp_path, "post text,impressions,url clicks\nHello,120000.0,900.0\n", kind="brand_post")
    assert "followers, not how often it was shown" in str(shown.problems[0])
    followers = read(
        tmp_path, "post text,impressions,followers,url clicks\nHello,120000,1300000,900\n", kind="brand_post"
    )
    assert followers.results[0].audience == 1_300_000
