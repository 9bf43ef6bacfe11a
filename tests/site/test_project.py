"""A project folder is checked as a whole: its site once, every campaign, and nothing that is neither."""

from __future__ import annotations

from pathlib import Path

from spikekit.site.project import Kind, check
from tests.files.contract import CAMPAIGN, SITE, write_project


def _messages(*paths: Path, site: Path | None = None) -> list[str]:
    return [f"{p.path or p.line}: {p.message}" for r in check(paths, site) for p in r.problems]


def test_a_folder_means_its_site_and_every_campaign_below_it(tmp_path: Path) -> None:
    write_project(tmp_path)
    deeper = tmp_path / "campaigns" / "winter"
    deeper.mkdir(parents=True)
    (deeper / "sale.yml").write_text(
        "version: 1\nname: A\nlaunch: 2026-12-04T18:00Z\nlanding: /\nchannels: [{kind: email, audience: 5}]\n"
    )
    results = check([tmp_path])
    assert [(r.path.name, r.kind) for r in results] == [
        ("site.yaml", Kind.SITE),
        ("sale.yml", Kind.CAMPAIGN),
        ("fry-reads.yaml", Kind.CAMPAIGN),
    ]
    assert [r.problems for r in results] == [[], [], []]


def test_other_yaml_in_the_folder_is_left_alone_even_when_it_uses_what_we_refuse(tmp_path: Path) -> None:
    write_project(tmp_path)
    (tmp_path / "compose.yaml").write_text("name: x\nversion: '3'\nservices: &s {}\nvolumes: *s\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.yaml").write_text("launch: never\n")
    assert {r.path.name for r in check([tmp_path])} == {"site.yaml", "fry-reads.yaml"}


def test_a_named_file_that_is_neither_is_told_so(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("services: {}\n")
    assert _messages(other) == ["1: neither a campaign (launch, channels) nor a site (site, targets, journeys)"]


def test_a_campaign_is_held_against_the_journeys_of_its_site_however_broken_that_is(tmp_path: Path) -> None:
    campaign = write_project(
        tmp_path,
        campaign=CAMPAIGN.replace("journey: browse", "journey: brwse"),
        site=SITE.replace("errors: 1%", "errors: x"),
    )
    assert _messages(campaign) == [
        'journey: "brwse" is not a journey of the site; did you mean browse?',
        'objectives.errors: expected a share such as 2.6% or 0.026, found "x"',
    ]


def test_a_site_that_serves_many_campaigns_is_told_of_once(tmp_path: Path) -> None:
    first = write_project(tmp_path, site=SITE.replace("errors: 1%", "errors: x"))
    second = tmp_path / "second.yaml"
    second.write_text(CAMPAIGN.replace("id: fry-reads", "id: second"))
    assert len(_messages(first, second, tmp_path / "site.yaml", tmp_path)) == 1


def test_two_campaigns_cannot_have_one_id(tmp_path: Path) -> None:
    first = write_project(tmp_path)
    second = tmp_path / "second.yaml"
    second.write_text(CAMPAIGN)
    assert _messages(first, second) == [f'id: "fry-reads" is already the id of {first}; two campaigns need two ids']
    (problem,) = check([first, second])[1].problems
    assert (problem.line, problem.column) == (3, 5)


def test_a_file_given_twice_is_checked_once(tmp_path: Path) -> None:
    path = write_project(tmp_path)
    assert [r.path.name for r in check([path, path, tmp_path / "." / path.name])] == ["fry-reads.yaml", "site.yaml"]


def test_another_site_serves_when_it_is_named(tmp_path: Path) -> None:
    path = write_project(tmp_path)
    other = tmp_path / "elsewhere" / "other.yaml"
    other.parent.mkdir()
    other.write_text("version: 1\nsite: s\n")
    assert _messages(path, site=other) == ['journey: "browse" is not a journey of the site; allowed: landing']


def test_a_mistyped_file_gets_the_nearest_name_and_an_empty_folder_a_start(tmp_path: Path) -> None:
    write_project(tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert _messages(tmp_path / "fry-read.yaml", tmp_path / "nothing-like-it", empty) == [
        f"0: no such file; did you mean {tmp_path / 'fry-reads.yaml'}?",
        "0: no such file",
        "0: no YAML file in this folder; `spikekit init DIR` writes a project to start from",
    ]


def test_the_scenarios_that_come_with_spikekit_are_fine() -> None:
    results = check([Path(__file__).parents[2] / "scenarios"])
    assert [p for r in results for p in r.problems] == []
    assert {r.campaign.id for r in results if r.campaign} == {
        "celebrity-tweet",
        "newsletter",
        "tv-spot",
        "product-drop",
        "black-friday",
    }
