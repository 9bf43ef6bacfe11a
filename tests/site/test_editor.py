"""What an editor is told of the files agrees with what ``check`` says: a draft-07 validator on the same files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from spikekit.campaign.declared import CampaignFile, ChannelFile
from spikekit.campaign.file import read_campaign
from spikekit.cli import main
from spikekit.files.parse import parse_file
from spikekit.files.tree import Broken, Items, Mapping, Node
from spikekit.site.declared import ObjectivesFile, SiteFile, TargetFile
from spikekit.site.editor import FOLDER, RECORDS, schema_document
from spikekit.site.file import site_from
from spikekit.site.starter import write_project
from spikekit.site.steps import StepFile

SCENARIOS = Path(__file__).parents[2] / "scenarios"
CHANNEL = "{kind: email, audience: 250k}"
CAMPAIGN = {
    "version": "1",
    "name": "Fry",
    "launch": "2026-12-04T18:00",
    "timezone": "Europe/London",
    "landing": "/books",
    "channels": f"[{CHANNEL}]",
}
SITE = {
    "version": "1",
    "site": "bookshop",
    "targets": "{staging: {url: https://staging.example.com}}",
    "journeys": "{look: {steps: [{get: /}]}}",
}
SHAPES = ("~", "[]", "{}", "[[1]]", "[~]", "{No Such Key!: {a: [1]}}", "{low: 1, likely: 2}", "true", "''")
"""Written in the place of every value."""

VALUES = (
    *("0", "1", "7", "-1", "0.5", ".5", "+3", "1e3", "1e-3", "5_000", "1.5", "100", "101", "1.0", "0x10", "12:30"),
    *("50%", "0%", "150%", "2.6 %", "250k", "6.2M", "1bn", "0k", "20m", "1h30m", "500ms", "3d", "-10m", "+0", "5x"),
    *(
        "2026-12-04T18:00",
        "2026-12-04",
        "2026-12-04 18:00:00 +01:00",
        "Europe/London",
        "UTC",
        "/",
        "/a b",
        "//x",
        "{landing}",
    ),
    *("x", "a-b", "A_b", "18 GBP", "18GBP", "p95", "auto", "none", "email", "accepted", "file", "'1'", "'250k'", "'~'"),
    *(
        "https://www.example.com",
        "ftp://x",
        "10.0.0.0/8",
        "Mon-Thu 01:00-05:00 Europe/London",
        "env:TOKEN",
        "ä",
        "a(b)",
    ),
    *("{low: 1%, likely: 2%, high: 3%}", "{low: 3, likely: 2, high: 1}", "{browse: 80%, buy: 20%}", "{p95: 1s}"),
    *("[200, 304]", "[1]", "[x]", "{a: b}", "{median: 2h, sigma: 1.4}", "{get: /}", "no", "null", "1_0", "99999999999"),
)
"""Written in the place of every value, too: of every grammar there is, right and wrong."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every file that an example names."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "journeys").mkdir()
    (folder / "bf-2025.csv").write_text("time,visitors\n0,10\n60,20\n120,5\n")
    (folder / "week.csv").write_text("time,requests_per_second\n2026-11-02T00:00:00Z,10\n2026-11-02T01:00:00Z,20\n")
    (folder / "books.csv").write_text("id\n1\n2\n")
    for name in ("staging-ca.pem", "referrers.yaml", "journeys/checkout.py"):
        (folder / name).write_text("x: []\n")
    return folder


@cache
def validator(kind: str) -> Draft7Validator:
    return Draft7Validator(schema_document(kind))


def plain(node: Node) -> Any:
    """What a YAML 1.2 editor takes the text for."""
    match node:
        case Items():
            return [plain(item) for item in node.items]
        case Mapping():
            return {name: plain(value) for name, (_, value) in node.entries.items()}
        case Broken():
            return None
    if node.is_null or node.truth is not None:
        return node.truth
    if not node.is_number:
        return node.text
    number = float(node.text.replace(".inf", "inf").replace(".nan", "nan"))
    return int(node.text) if node.text.lstrip("+-").isdigit() else number


def verdicts(kind: str, text: str, folder: Path) -> tuple[bool, bool]:
    """Whether ``check`` finds nothing, and whether the schema finds nothing."""
    file = folder / f"{kind}.yaml"
    file.write_text(text)
    node, reading = parse_file(file)
    if node is None:
        return False, False
    if kind == "site":
        site_from(node, reading, file)
        problems = reading.problems
    else:
        problems = read_campaign(file, None)[1]
    return not problems, validator(kind).is_valid(plain(node))


def written(entries: dict[str, str]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in entries.items())


def flow(entries: dict[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in entries.items()) + "}"


def places() -> dict[str, tuple[str, Any]]:
    """Every key of the records people meet most, with how a value gets there."""
    found: dict[str, tuple[str, Any]] = {}
    for name in CampaignFile.keys:
        found[name] = ("campaign", lambda value, name=name: written({**CAMPAIGN, name: value}))
    for name in ChannelFile.keys:
        given = {"kind": "email", "audience": "250k"}
        given = {"kind": "past", "curve": "bf-2025.csv", "scale": "1.2"} if name in ("curve", "scale") else given
        given = (
            {"kind": "drop", "audience": "1k", "arrive_before": "10m", "reload_every": "20s"}
            if (name in ("arrive_before", "reload_every"))
            else given
        )
        given = {"kind": "paid_social", "audience": "1k"} if name == "deliver_over" else given
        given = (
            {"kind": "custom", "audience": "1k", "click_rate": "1%", "response": "{median: 2h, sigma: 1}"}
            if name == "response"
            else given
        )
        if name == "clicks":
            given = {"kind": "email"}
        found[f"channels.{name}"] = (
            "campaign",
            lambda value, name=name, given=given: written(
                {**CAMPAIGN, "channels": f"[{flow({**given, name: value})}]"}
            ),
        )
    for name in SiteFile.keys:
        found[f"site.{name}"] = ("site", lambda value, name=name: written({**SITE, name: value}))
    for name in TargetFile.keys:
        given = {"url": "http://127.0.0.1"}
        found[f"targets.{name}"] = (
            "site",
            lambda value, name=name, given=given: written(
                {**SITE, "targets": f"{{t: {flow({**given, name: value})}}}"}
            ),
        )
    for name in ObjectivesFile.keys:
        found[f"objectives.{name}"] = (
            "site",
            lambda value, name=name: written({**SITE, "objectives": flow({name: value})}),
        )
    for name in StepFile.keys:
        given = {} if name in ("get", "post", "put", "patch", "delete", "head", "options") else {"post": "/"}
        given = {**given, "data": "books.csv"} if name == "pick" else given
        found[f"steps.{name}"] = (
            "site",
            lambda value, name=name, given=given: written(
                {**SITE, "journeys": f"{{look: {{steps: [{flow({**given, name: value})}]}}}}"}
            ),
        )
    return found


PLACES = places()
EXAMPLES = {
    **{name: key.example for name, key in CampaignFile.keys.items()},
    **{f"channels.{name}": key.example for name, key in ChannelFile.keys.items()},
    **{f"site.{name}": key.example for name, key in SiteFile.keys.items()},
    **{f"targets.{name}": key.example for name, key in TargetFile.keys.items()},
    **{f"objectives.{name}": key.example for name, key in ObjectivesFile.keys.items()},
    **{f"steps.{name}": key.example for name, key in StepFile.keys.items()},
}


@pytest.mark.parametrize("kind", list(RECORDS))
def test_the_schema_is_one_and_is_what_the_command_prints(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    Draft7Validator.check_schema(schema_document(kind))
    with pytest.raises(SystemExit) as left:
        main(["schema", kind])
    assert (left.value.code, json.loads(capsys.readouterr().out)) == (0, schema_document(kind))


@pytest.mark.parametrize("place", PLACES)
def test_the_example_of_every_key_is_fine_with_both(place: str, folder: Path) -> None:
    if place in ("steps.form", "steps.json", "steps.headers", "steps.put", "steps.delete", "steps.get"):
        # Their examples hold placeholders of steps before.
        return
    kind, put = PLACES[place]
    assert verdicts(kind, put(EXAMPLES[place]), folder) == (True, True), put(EXAMPLES[place])


@pytest.mark.parametrize("place", PLACES)
def test_nothing_that_check_takes_is_marked_by_an_editor(place: str, folder: Path) -> None:
    kind, put = PLACES[place]
    wrong = [value for value in (*SHAPES, *VALUES) if (found := verdicts(kind, put(value), folder))[0] and not found[1]]
    assert wrong == []


@pytest.mark.parametrize("place", PLACES)
def test_what_has_the_wrong_shape_is_marked_by_both(place: str, folder: Path) -> None:
    kind, put = PLACES[place]
    # A file may be called "true"; that there is none is nothing an editor knows.
    shapes = [s for s in SHAPES if s != "true" or place not in ("channels.curve", "site.referrers", "steps.data")]
    differing = [value for value in shapes if len(set(verdicts(kind, put(value), folder))) > 1]
    assert differing == []


@pytest.mark.parametrize("name", ["version", "name", "launch", "landing", "channels"])
def test_a_missing_key_is_marked_by_both(name: str, folder: Path) -> None:
    assert verdicts("campaign", written({k: v for k, v in CAMPAIGN.items() if k != name}), folder) == (False, False)


@pytest.mark.parametrize(
    "channel",
    [
        "{kind: celebrty_post, audience: 1k}",
        "{kind: email}",
        "{kind: email, audience: 1k, clicks: 5}",
        "{kind: email, clicks: 5, click_rate: 1%}",
        "{kind: email, audience: lots}",
        "{kind: email, audience: 1k, reload_every: 20s}",
        "{kind: email, audience: 1k, response: {median: 2h, sigma: 1}}",
        "{kind: past, curve: bf-2025.csv}",
        "{kind: drop, audience: 1k, arrive_before: 10m}",
        "{kind: custom, audience: 1k, click_rate: 1%}",
        "{kind: custom, audience: 1k, response: {median: 2h, sigma: 1}}",
        "{audience: 1k}",
        "{kind: email, audience: {low: 1, high: 2}}",
        "{kind: email, audience: 1k, at: 18:00}",
        "{kind: email, audience: 1k, send_over: 20}",
        "{kind: email, audience: 1k, send_over: 20 min}",
        "{kind: email, audience: 1k, click_rate: 2.6}",
        "{kind: email, audience: 0}",
        "{kind: email, audience: 1.5}",
        "{kind: email, audience: 1k, landing: books}",
    ],
)
def test_a_wrong_channel_is_marked_by_both(channel: str, folder: Path) -> None:
    assert verdicts("campaign", written({**CAMPAIGN, "channels": f"[{channel}]"}), folder) == (False, False)


@pytest.mark.parametrize(
    "step",
    [
        "{}",
        "{get: /, post: /}",
        "{get: books}",
        "{get: /, form: {a: b}}",
        "{post: /, form: {a: b}, json: {a: b}}",
        "{get: /, expect: {status: 99}}",
        "{get: /, pick: shuffle}",
        "{get: /, think: {median: 2s}}",
        "{get: /, think: {median: 2s, sigma: 1, weibull: {scale: 8s, shape: 0.6}}}",
        "{get: /, assets: all}",
        "{get: /, headers: {Content Type: x}}",
    ],
)
def test_a_wrong_step_is_marked_by_both(step: str, folder: Path) -> None:
    assert verdicts("site", written({**SITE, "journeys": f"{{look: {{steps: [{step}]}}}}"}), folder) == (False, False)


def _campaigns(paths: Iterable[Path]) -> list[Path]:
    return [p for p in paths if p.suffix == ".yaml" and p.name != "site.yaml"]


def test_every_scenario_and_the_starter_are_fine_in_an_editor(tmp_path: Path) -> None:
    from datetime import date

    write_project(tmp_path, date(2026, 11, 1))
    files = [*SCENARIOS.rglob("*.yaml"), *tmp_path.rglob("*.yaml")]
    assert len(_campaigns(files)) > 3
    for file in files:
        node, _ = parse_file(file)
        assert node is not None
        kind = "site" if file.name == "site.yaml" else "campaign"
        assert [e.message for e in validator(kind).iter_errors(plain(node))] == [], file


def test_the_starter_s_files_name_the_schemas_beside_them(tmp_path: Path) -> None:
    from datetime import date

    write_project(tmp_path, date(2026, 11, 1))
    for name, kind in (("site.yaml", "site"), ("campaigns/first-post.yaml", "campaign")):
        file = tmp_path / name
        schema = file.parent / file.read_text().splitlines()[0].removeprefix("# yaml-language-server: $schema=")
        assert schema.resolve() == (tmp_path / FOLDER / f"{kind}.json").resolve()
        assert json.loads(schema.read_text()) == schema_document(kind)


TOKENS = st.text("0123456789.,:_-+%/{}[]'\"# kKMmsdhbneET~ä(", max_size=12)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.sampled_from(sorted(PLACES)), value=st.one_of(TOKENS, st.sampled_from(VALUES), st.text(max_size=8)))
def test_whatever_is_typed_nothing_right_is_marked(place: str, value: str, folder: Path) -> None:
    kind, put = PLACES[place]
    is_fine, is_unmarked = verdicts(kind, put(" ".join(value.split())), folder)
    assert is_unmarked or not is_fine


MEMBERS = {name: key.example for name, key in ChannelFile.keys.items()}


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    kind=st.sampled_from(["email", "press", "drop", "past", "custom", "tv_spot", "push"]),
    data=st.data(),
)
def test_which_keys_go_together_is_judged_alike(kind: str, data: st.DataObject, folder: Path) -> None:
    """Any keys with their own examples: what kinds need and take is said by both in the same way."""
    names = data.draw(st.sets(st.sampled_from(sorted(set(MEMBERS) - {"kind"}))))
    channel = flow({"kind": kind, **{name: MEMBERS[name] for name in sorted(names)}})
    is_fine, is_unmarked = verdicts("campaign", written({**CAMPAIGN, "channels": f"[{channel}]"}), folder)
    assert is_fine == is_unmarked
