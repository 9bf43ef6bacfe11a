"""A site file becomes a site, or every one of its problems with its line and column."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spikekit.campaign.past import read_past_curve
from spikekit.errors import FileProblems, UsageError
from spikekit.site.file import find_site, load_site, read_site
from spikekit.site.model import Expect, Limits, Objectives, Production, Secret, Tls
from spikekit.vocabulary import Range
from tests.files.contract import SITE, write_project


def _problems(folder: Path, text: str) -> list[str]:
    write_project(folder, site=text)
    return [str(p).removeprefix(f"{folder}/site.yaml:") for p in read_site(folder / "site.yaml")[1]]


def test_the_promised_example_loads_as_it_is_written(tmp_path: Path) -> None:
    write_project(tmp_path)
    site = load_site(tmp_path / "site.yaml")
    assert (site.name, site.clearance, site.referrers) == ("bookshop", 0.95, tmp_path / "referrers.yaml")
    assert site.production == Production(url="https://www.example.com", busiest_minute=95)
    assert site.objectives == Objectives(headroom=1.3)
    staging = site.target("staging")
    assert staging is not None
    assert (staging.url, staging.consent, staging.side_effects) == ("https://staging.example.com", "file", True)
    assert staging.capacity_ratio == Range(low=0.2, likely=0.25, high=0.3)
    assert staging.limits == Limits(requests_per_second=5000, duration_seconds=900)
    assert staging.addresses == (ip_network("203.0.113.0/24"),)
    assert staging.headers == (("X-Load-Test", "spikekit"), ("Authorization", Secret(name="STAGING_TOKEN")))
    assert staging.tls == Tls(verify=True, ca_file=tmp_path / "staging-ca.pem")
    assert site.normal_traffic is not None
    assert (site.normal_traffic.typical, site.normal_traffic.busy) == (40, 95)


def test_the_steps_of_the_promised_example(tmp_path: Path) -> None:
    write_project(tmp_path)
    site = load_site(tmp_path / "site.yaml")
    browse, checkout = site.journeys
    assert checkout.locust == f"{tmp_path}/journeys/checkout.py:CheckoutUser"
    assert [s.name for s in browse.steps] == ["landing page", "GET /books/{id}", "POST /basket", "POST /api/order"]
    landing, book, basket, order = browse.steps
    assert (landing.expect, landing.assets) == (Expect(status=(200,), text="Add to basket"), "auto")
    assert (book.think_seconds, book.continue_ratio, book.data) == (8, 0.6, tmp_path / "books.csv")
    assert book.capture == (("csrf", 'name="csrf" value="([^"]+)"'),)
    assert basket.form == (("id", "{id}"), ("csrf", "{csrf}"))
    assert (order.json, order.host) == ('{"basket":"{id}"}', "staging-api")


def test_what_is_left_out_has_its_documented_default(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("version: 1\nsite: s\ntargets: {t: {url: http://localhost:8000/}}\n")
    site = load_site(path)
    (target,) = site.targets
    assert (target.url, target.consent, target.side_effects) == ("http://localhost:8000", "file", False)
    assert (target.limits, target.tls, target.capacity_ratio) == (Limits(), Tls(), None)
    assert (site.objectives, site.journeys, site.production) == (Objectives(), (), None)


URL = "url: https://staging.example.com"
LOCUST = "{locust: journeys/checkout.py:CheckoutUser}"


@pytest.mark.parametrize(
    ("right", "wrong", "path", "message"),
    [
        (URL, "url: ▸https://WWW.example.com.", "targets.staging.url", "is production and never a target"),
        (URL, "url: ▸https://jo:pw@x.example", "targets.staging.url", "put them into headers as env:NAME"),
        (URL, "url: ▸ftp://staging.example.com", "targets.staging.url", "it begins with http:// or https://"),
        (URL, "url: ▸https://x.example/shop", "targets.staging.url", "leave the path out; landing and steps"),
        ("consent: file", "consent: ▸fiel", "targets.staging.consent", "not a form of consent; did you mean file?"),
        ("203.0.113.0/24", "▸203.0.113.7/24", "targets.staging.addresses[0]", "did you mean 203.0.113.0/24?"),
        ('"Mon-Thu', '▸"Mon-Thr', "targets.staging.windows[0]", '"mon-thr" is no day; days are Mon, Tue'),
        ("effects: accepted", "effects: ▸yes", "targets.staging.side_effects", '"yes" is not an answer about'),
        ('"env:STAGING_TOKEN"', '▸"env:A B"', "targets.staging.headers.Authorization", "letters, digits and und"),
        ("{X-Load-Test", "{▸Content-Length: 3, X", "targets.staging.headers.Content-Length", "always sent as it must"),
        ("verify: true", "verify: ▸yes", "targets.staging.tls.verify", 'expected true or false, found "yes"'),
        ("low: 0.2,", "low: ▸20,", "targets.staging.capacity_ratio.low", "found 20; did you mean 20%?"),
        ("busy: 95", "busy: ▸4", "normal_traffic.requests_per_second.busy", "cannot have less than a typical one"),
        ("p99: 2s", "p99: ▸20ms", "objectives.latency.p99", "cannot be less than p95: it is the slower answer"),
        ("p95: 800ms", "▸p9: 800ms", "objectives.latency.p9", "expected a quantile from p50 to p99.9"),
        ("headroom: 1.3", "headroom: ▸130%", "objectives.headroom", 'expected a factor such as 1.3, found "130%"'),
        ("survival: 95%", "survival: ▸95", "clearance.survival", "found 95; did you mean 95%?"),
        ('{get: "{l', '{▸gte: "{l', "journeys.browse.steps[0].gte", '"gte" is not a key of a step; did you mean get?'),
        ('"/books/{id}"', '▸"/{idd}"', "journeys.browse.steps[1].get", "nor captured before; did you mean id?"),
        ('"{csrf}"', '▸"{crsf}"', "journeys.browse.steps[2].form.csrf", "nor captured before; did you mean csrf?"),
        ('basket: "{id}"', 'basket: [▸"{nr}"]', "journeys.browse.steps[3].json.basket[0]", "allowed: csrf, id, land"),
        ("'name=\"csrf\"", "▸'(name)=\"csrf\"", "journeys.browse.steps[1].capture.csrf", "2 groups; (?:…) groups"),
        ("'name=\"csrf\"", "▸'(name=\"csrf\"", "journeys.browse.steps[1].capture.csrf", "unterminated subpattern at"),
        ("host: staging-api", "host: ▸stagin", "journeys.browse.steps[3].host", "did you mean staging?"),
        ("status: 200", "status: ▸2000", "journeys.browse.steps[0].expect.status", "expected an HTTP status such as"),
        (LOCUST, "{locust: ▸a.py}", "journeys.checkout.locust", "expected a file and a class such as journeys/"),
        (LOCUST, "▸{}", "journeys.checkout", "expected steps, or locust: file.py:Class, found neither"),
        ("post: /basket, form", "get: /b, ▸form", "journeys.browse.steps[2].form", "get sends no body; use post"),
        ("post: /basket,", "post: /b, ▸json: [1],", "journeys.browse.steps[2].json", "a form or JSON, not both"),
        ("post: /basket,", "▸post: /b, get: /,", "journeys.browse.steps[2].post", "this one has get already"),
        ("post: /basket", "post: ▸https://e.example/", "journeys.browse.steps[2].post", "without the site's address"),
        ("post: /api", "post: ▸//api", "journeys.browse.steps[3].post", "// would name another site"),
    ],
)  # fmt: skip
def test_each_mistake_is_explained_where_it_is(tmp_path: Path, right: str, wrong: str, path: str, message: str) -> None:
    before, _, after = SITE.partition(right)
    assert after
    text = before + wrong + after
    line, column = text[: text.index("▸")].count("\n") + 1, text.index("▸") - text.rfind("\n", 0, text.index("▸"))
    (problem,) = _problems(tmp_path, text.replace("▸", ""))
    assert problem.startswith(f"{line}:{column} {path}: ")
    assert message in problem


def test_a_public_address_cannot_consent_by_being_private(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    targets = ", ".join(
        f"t{i}: {{url: 'http://{host}', consent: private}}"
        for i, host in enumerate(
            ["127.0.0.1:8000", "[::1]:80", "10.1.2.3", "localhost", "8.8.8.8", "[2606:4700::1111]"]
        )
    )
    path.write_text(f"version: 1\nsite: s\ntargets: {{{targets}}}\n")
    assert [p.message for p in read_site(path)[1]] == [
        "8.8.8.8 is a public address; it needs consent: file",
        "2606:4700::1111 is a public address; it needs consent: file",
    ]


@pytest.mark.parametrize(
    ("name", "content", "start"),
    [
        ("books.csv", None, "site.yaml:28:36 journeys.browse.steps[1].data: expected a CSV file whose first line"),
        ("books.csv", "id,title\n", "books.csv:1:1 expected a header line and at least one row"),
        ("books.csv", "id,title\n1\n", "books.csv:2:1 expected 2 values as in the header, found 1"),
        ("books.csv", "id,id\n1,2\n", "books.csv:1:4 the column \"id\" is there twice"),
        ("staging-ca.pem", None, "site.yaml:16:34 targets.staging.tls.ca_file: expected a file with the certif"),
        ("journeys/checkout.py", None, "site.yaml:31:22 journeys.checkout.locust: expected a file and a class"),
        ("referrers.yaml", None, "site.yaml:32:12 referrers: expected a file of referrers"),
    ],
)  # fmt: skip
def test_files_that_are_named_must_be_there_and_make_sense(
    tmp_path: Path, name: str, content: str | None, start: str
) -> None:
    write_project(tmp_path)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_text(content)
    problems = [str(p).removeprefix(f"{tmp_path}/") for p in read_site(tmp_path / "site.yaml")[1]]
    assert problems[0].startswith(start)


def test_a_column_that_no_placeholder_can_name_is_refused(tmp_path: Path) -> None:
    write_project(tmp_path)
    (tmp_path / "books.csv").write_text("id,the title\n1,x\n")
    (problem,) = read_site(tmp_path / "site.yaml")[1]
    assert problem.message == 'expected columns named with letters, digits and underscores, found "the title"'


def test_a_capture_serves_later_steps_only(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    step = "{get: '/{token}', capture: {token: 't=(.)'}}"
    path.write_text(f"version: 1\nsite: s\njourneys: {{j: {{steps: [{step}, {{get: '/{{token}}'}}]}}}}\n")
    assert [p.path for p in read_site(path)[1]] == ["journeys.j.steps[0].get"]


def test_headers_of_a_step_hold_what_was_captured_before_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    journey = """\
version: 1
site: s
journeys:
  j:
    steps:
      - {get: /, capture: {csrf: 't=(.)'}}
      - {post: /, headers: {X-CSRF-Token: "{csrf}", X-Other: "{crsf}", Cookie: "a={csrf}"}}
"""
    path.write_text(journey)
    assert [(p.path, p.message[:35]) for p in read_site(path)[1]] == [
        ("journeys.j.steps[1].headers.X-Other", '"{crsf}" is neither a column nor ca'),
        ("journeys.j.steps[1].headers.Cookie", "visitors keep the cookies they are "),
    ]


def test_json_bodies_keep_their_types_and_refuse_what_json_cannot_say(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    head = "version: 1\nsite: s\njourneys: {j: {steps: [{post: /, json: "
    path.write_text(f"{head}{{a: 1, b: 2.50, c: true, d: ~, e: '1', f: [x, {{}}], g: é}}}}]}}}}\n")
    assert load_site(path).journeys[0].steps[0].json == (
        '{"a":1,"b":2.5,"c":true,"d":null,"e":"1","f":["x",{}],"g":"é"}'
    )
    path.write_text(f"{head}{{a: .nan, b: 1e999, c: 007}}}}]}}}}\n")
    assert [p.path.rsplit(".", 1)[1] for p in read_site(path)[1]] == ["a", "b", "c"]


def test_a_page_asked_for_twice_is_two_steps_with_two_names(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("version: 1\nsite: s\njourneys: {j: {steps: [{get: /}, {get: /}, {get: /, name: home}]}}\n")
    assert [s.name for s in load_site(path).journeys[0].steps] == ["GET /", "GET / (2)", "home"]
    path.write_text("version: 1\nsite: s\njourneys: {j: {steps: [{get: /, name: a}, {get: /, name: a}]}}\n")
    assert [p.message for p in read_site(path)[1]] == ['"a" is another step\'s name already']


def test_normal_traffic_may_be_a_week_of_rates(tmp_path: Path) -> None:
    path, week = tmp_path / "site.yaml", tmp_path / "week.csv"
    week.write_text("time,requests_per_second\n2026-11-16T00:00,40\n2026-11-16T01:00,31.5\n")
    path.write_text("version: 1\nsite: s\nnormal_traffic: {curve: week.csv}\n")
    normal = load_site(path).normal_traffic
    assert normal is not None
    assert normal.curve == read_past_curve(week, value="requests_per_second")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, len(SITE)), st.integers(0, 40), st.text("{}[]:,-'\"&*!|> \n\t#0k%é(", max_size=6))
def test_no_edit_of_a_good_file_makes_the_program_fail(tmp_path: Path, at: int, drop: int, insert: str) -> None:
    write_project(tmp_path, site=SITE[:at] + insert + SITE[at + drop :])
    site, problems = read_site(tmp_path / "site.yaml")
    assert (site is None) == bool(problems)


def test_load_raises_all_problems_as_one_error(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("version: 1\ntargets: 3\njourneys: {x: }\n")
    with pytest.raises(FileProblems) as caught:
        load_site(path)
    assert [p.line for p in caught.value.problems] == [1, 2, 3]


def test_the_site_is_found_beside_the_campaign_or_above_it(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b" / "c.yaml"
    deep.parent.mkdir(parents=True)
    assert find_site(deep) is None
    (tmp_path / "site.yaml").touch()
    assert find_site(deep) == tmp_path / "site.yaml"
    (deep.parent / "site.yaml").touch()
    assert find_site(deep) == deep.parent / "site.yaml"


def test_a_named_site_serves_instead_and_must_exist(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").touch()
    (tmp_path / "other.yaml").touch()
    assert find_site(tmp_path / "c.yaml", tmp_path / "other.yaml") == tmp_path / "other.yaml"
    with pytest.raises(UsageError, match="no such file"):
        find_site(tmp_path / "c.yaml", tmp_path / "missing.yaml")


def test_production_may_say_how_many_servers_it_has(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(
        "version: 1\nsite: s\nproduction: {url: 'https://www.example.com', replicas: 4}\n"
    )
    site = load_site(tmp_path / "site.yaml")
    assert site.production == Production(url="https://www.example.com", replicas=4)
