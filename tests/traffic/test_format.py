"""Lines of every format are read as their servers meant them; apachelogs says what they meant."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import apachelogs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.errors import UsageError
from spikekit.traffic import instant
from spikekit.traffic.format import LineFormat, detected, line_format
from spikekit.traffic.row import FIELDS
from tests.traffic.lines import LAUNCH, LINK, PHONE, line

COMMON = '203.0.113.7 - jo [04/Dec/2026:18:00:00 +0000] "GET /a?b=1 HTTP/1.1" 200 12\n'
AT = int(LAUNCH.timestamp())


def row(form: LineFormat, text: str) -> dict[str, str]:
    """The one row of a line, by field."""
    (found,) = form.rows(text.encode("utf-8", "surrogateescape"))
    return {name: value.decode("utf-8", "replace") for name, value in zip(FIELDS, found, strict=True)}


SPOKEN = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)
HEADER = SPOKEN.map(lambda text: text.replace("\\", "\\\\").replace('"', '\\"') or "-")
TARGET = st.text(st.sampled_from("abc/?&=%20.+~_-:;,@()!"), min_size=1, max_size=40).map(lambda text: f"/{text}")
WHEN = st.integers(40_000_000, 4_000_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))
MINUTES = st.integers(-14 * 60, 14 * 60)


@given(
    target=TARGET,
    status=st.integers(100, 599),
    size=st.one_of(st.just("-"), st.integers(0, 10**12)),
    referrer=HEADER,
    agent=HEADER,
    user=st.sampled_from(["-", "jo", "jo doe", "[jo]"]),
    when=WHEN,
    minutes=MINUTES,
    host=st.sampled_from(["203.0.113.7", "2001:db8::1", "crawl-1.example.com"]),
)
def test_a_combined_line_says_what_apachelogs_reads_from_it(
    target: str,
    status: int,
    size: object,
    referrer: str,
    agent: str,
    user: str,
    when: datetime,
    minutes: int,
    host: str,
) -> None:
    stamp = when.astimezone(timezone(timedelta(minutes=minutes))).strftime("%d/%b/%Y:%H:%M:%S %z")
    text = f'{host} - {user} [{stamp}] "GET {target} HTTP/1.1" {status} {size} "{referrer}" "{agent}"'
    meant = apachelogs.LogParser(apachelogs.COMBINED).parse(text)
    form = line_format("combined")
    found = row(form, f"{text}\n")
    assert meant.request_line is not None
    method, whole, _ = meant.request_line.split(" ")
    assert (found["address"], found["method"], int(found["status"])) == (meant.remote_host, method, meant.final_status)
    assert found["path"] + ("?" if "?" in whole else "") + found["query"] == whole
    assert form.clock(found["time"].encode()) == meant.request_time.timestamp()
    for ours, theirs in (("referrer", "Referer"), ("agent", "User-Agent")):
        said = found[ours].replace('\\"', '"').replace("\\\\", "\\")
        assert said == (meant.headers_in[theirs] or "-")


@given(st.lists(st.binary(max_size=80), max_size=20))
def test_any_bytes_are_read_or_counted_as_unread_and_no_line_twice(junk: list[bytes]) -> None:
    block = b"".join(text.replace(b"\n", b"") + b"\n" for text in (*junk, line().encode().rstrip(b"\n")))
    for name in ("combined", "common", "vhost_combined", "json"):
        form = line_format(name)
        assert len(list(form.rows(block))) + form.unread(block).total() == block.count(b"\n")


NGINX_JSON = json.dumps(
    {
        "msec": "1796407200.123",
        "remote_addr": "203.0.113.7",
        "request_method": "GET",
        "request_uri": "/a?b=1",
        "status": "200",
        "request_time": "0.012",
        "upstream_response_time": "",
        "http_referer": "https://t.co/x",
        "http_user_agent": PHONE,
        "host": "www.example.com",
    }
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (line(), "combined"),
        (line().rstrip("\n") + ' "-" 0.003\n', "combined"),
        (line(address="2001:db8::7"), "combined"),
        (f"www.example.com {line()}", "vhost_combined"),
        (f"www.example.com:443 {line()}", "vhost_combined"),
        (COMMON, "common"),
        (f"www.example.com {COMMON}", "vhost_common"),
        (f"{NGINX_JSON}\n", "json"),
    ],
)
def test_a_format_is_known_from_the_first_lines(text: str, name: str) -> None:
    form = detected((text + "some junk\n" + text).encode())
    assert form is not None
    assert form.name == name
    found = row(form, text)
    assert form.clock(found["time"].encode()) == AT
    assert found["status"] == "200"


def test_lines_without_a_known_format_are_no_format() -> None:
    assert detected(b"hello\nworld\n") is None
    assert detected(b"\n\n") is None
    assert detected(b"") is None


def test_json_is_read_under_nginx_s_names_and_others() -> None:
    assert row(line_format("json"), f"{NGINX_JSON}\n") == {
        "address": "203.0.113.7", "time": "1796407200.123", "method": "GET", "path": "/a", "query": "b=1",
        "status": "200", "referrer": "https://t.co/x", "agent": PHONE, "took": "0.012",
    }  # fmt: skip
    other = {"@timestamp": "2026-12-04T18:00:00Z", "client": "1.2.3.4", "request": "GET /x HTTP/2.0", "code": 502}
    found = row(line_format("json"), json.dumps(other) + "\n")
    assert (found["path"], found["status"], found["address"]) == ("/x", "502", "1.2.3.4")
    assert line_format("json").clock(found["time"].encode()) == AT


@pytest.mark.parametrize("text", ["{", "[]", '{"status": 200}', "null", '{"a": ' * 2000, '{"time": 1, "status": null}'])
def test_json_that_says_no_request_is_not_a_row(text: str) -> None:
    assert not line_format("json").is_row(text.encode())


def test_a_pattern_of_one_s_own_is_nginx_s_log_format() -> None:
    form = line_format(
        '$msec|$http_x_forwarded_for|$upstream_response_time|$status|"$request"|"$http_user_agent"|$request_time'
    )
    found = row(form, f'1796407200.9|203.0.113.7, 10.0.0.1|0.1, 0.2 : 0.3|504|"GET {LINK} HTTP/2.0"|"{PHONE}"|1.25\n')
    assert (found["address"], found["status"], found["took"]) == ("203.0.113.7", "504", "1.25")
    assert f"{found['path']}?{found['query']}" == LINK
    assert form.clock(found["time"].encode()) == AT


def test_an_address_that_visitors_write_themselves_counts_only_where_there_is_no_other() -> None:
    form = line_format('$http_x_forwarded_for $remote_addr [$time_local] "$request" $status')
    found = row(form, '6.6.6.6, 7.7.7.7 203.0.113.7 [04/Dec/2026:18:00:00 +0000] "GET / HTTP/1.1" 200\n')
    assert found["address"] == "203.0.113.7"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("combind", "did you mean combined"),
        ("$remote_addr $status", "no \\$time_local, \\$request"),
        ("$remote_addr [$time_local] $status", "no \\$request"),
    ],
)
def test_a_format_that_cannot_serve_is_refused_in_words(text: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        line_format(text)


def test_requests_that_are_no_http_are_rows_too() -> None:
    text = r'203.0.113.7 - - [04/Dec/2026:18:00:00 +0000] "\x16\x03\x01" 400 150 "-" "-"' + "\n"
    found = row(line_format("combined"), text)
    assert found["status"] == "400"
    assert not found["path"].startswith("/")


@pytest.mark.parametrize(
    ("clock", "text"),
    [
        (instant.local, "31/Feb/2026:00:00:00 +0000"),
        (instant.local, "04/Dec/2026:18:00:61 +0000"),
        (instant.local, "04/Dez/2026:18:00:00 +0000"),
        (instant.local, "-"),
        (instant.iso, "2026-12-04T18:00:00"),
        (instant.iso, "yesterday"),
        (instant.epoch, "nan"),
        (instant.epoch, "-5"),
        (instant.epoch, "1e999"),
        (instant.epoch, "1e300"),
        (instant.any_of, ""),
    ],
)
def test_what_is_no_time_is_none(clock: object, text: str) -> None:
    assert callable(clock)
    found = clock(text.encode())
    assert found is None or 0 <= found <= instant.LAST_SECOND
    assert (found is None) == (text != "1e300")


@pytest.mark.parametrize("text", ["1796407200", "1796407200123", "1796407200123456", "1796407200123456789"])
def test_seconds_milliseconds_and_finer_mean_the_same_instant(text: str) -> None:
    assert instant.any_of(text.encode()) == AT
