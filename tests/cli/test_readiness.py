"""``spikekit readiness`` as it is typed."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from spikekit.cli import main
from spikekit.vocabulary import ChannelKind
from tests.readiness.cases import capacity_document

SITE = """\
version: 1
site: bookshop
production: {url: "https://www.example.com", replicas: 4}
targets:
  staging:
    url: http://127.0.0.1:9
    consent: private
    capacity_ratio: {low: 0.2, likely: 0.25, high: 0.3}
  unknown-share:
    url: http://127.0.0.1:9
    consent: private
normal_traffic: {requests_per_second: {typical: 40, busy: 95}}
clearance: {survival: 95%}
journeys:
  look: {steps: [{get: "{landing}", assets: auto}]}
"""
CAMPAIGN = """\
version: 1
name: Fry tweets our reading app
launch: 2026-12-04T18:00
timezone: Europe/London
landing: /books
journey: look
channels:
  - {kind: celebrity_post, audience: AUDIENCE}
value: {conversion_rate: 2.5%, per_conversion: 18 GBP}
"""
BARE = ("--kind", "celebrity_post", "--audience", "6.2M", "--capacity", "50/s")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    with pytest.raises(SystemExit) as left:
        main(["readiness", *arguments])
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def capacity(target: str = "staging", rate: float = 20.0) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return capacity_document(rate=rate, id=f"capacity-{target}", created=now, target=target)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two campaigns, weeks apart, one far too large; staging was measured."""
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "large.yaml").write_text(CAMPAIGN.replace("AUDIENCE", "60M"))
    small = CAMPAIGN.replace("AUDIENCE", "50k").replace("2026-12-04", "2027-02-04")
    (tmp_path / "small.yaml").write_text(small)
    kept(tmp_path, capacity())
    return tmp_path


def kept(project: Path, document: dict[str, Any]) -> None:
    folder = project / ".spikekit" / "runs" / str(document["id"])
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(document))


def test_bare_figures_need_no_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *BARE)
    assert (code, err) == (3, "")
    assert out.startswith("▲ At risk: as you are, a post to ")
    assert "has about a 90 % chance of holding" in out
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out
    assert list(tmp_path.iterdir()) == []


def test_bare_figures_are_answered_within_two_seconds_of_work(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, *BARE)
    before = time.process_time()
    run(capsys, *BARE)
    assert time.process_time() - before < 2.0


def test_a_capacity_may_be_told_in_requests(capsys: pytest.CaptureFixture[str]) -> None:
    """A visitor of a landing page makes 10 to 60 requests, so fewer are held than visitors of as many."""
    found = [
        json.loads(run(capsys, *BARE[:-1], rate, "--json")[1])["survival_probability"]
        for rate in ("1250/s", "1250 requests/s", "50/s", "1250rps")
    ]
    assert found[0] > found[1]
    assert found[1] == pytest.approx(found[2], abs=0.05)
    assert found[1] == found[3]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--kind", "email"), "--capacity"),
        (("--capacity", "50/s"), "--kind"),
        (("--kind", "celebrty_post", "--audience", "1M", "--capacity", "5"), "did you mean celebrity_post?"),
        (("--kind", "email", "--capacity", "5"), "needs an audience"),
        (("campaign.yaml", "--kind", "email"), "without files"),
        (("--kind", "email", "--audience", "1k", "--capacity", "much"), "expected a rate"),
    ],
)
def test_what_is_missing_from_bare_figures_is_said(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_a_campaign_is_judged_from_the_newest_evidence_of_the_history(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    code, out, err = run(capsys, str(project / "large.yaml"), "--json")
    document = json.loads(out)
    assert (code, err) == (3, "")
    assert document["schema"] == "spikekit.readiness/1"
    assert document["status"] == "not_ready"
    assert [e["label"] for e in document["evidence"]] == ["4f2c9e1"]
    assert document["production_capacity_visitors_per_second"]["likely"] == pytest.approx(80, rel=0.02)
    assert set(document["inputs"]) == {str(project / "large.yaml"), str(project / "site.yaml")}
    assert document["expected_lost_value"]["currency"] == "GBP"


def test_the_words_lead_with_what_is_safe_and_fit_the_screen(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    _, out, _ = run(capsys, str(project / "large.yaml"))
    assert out.startswith("✘ Not ready: as you are, a post to ")
    assert "What would change that" in out
    assert "4 → " in out
    assert max(len(line.replace(str(project), "")) for line in out.splitlines()) <= 80


def test_a_campaign_that_is_cleared_says_so_and_passes(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    code, out, _ = run(capsys, str(project / "small.yaml"))
    assert code == 0
    assert out.startswith("✔ Ready: ")
    assert "no rehearsal is needed" in " ".join(out.split())


def test_of_several_campaigns_one_that_fails_decides(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    code, out, _ = run(capsys, str(project / "small.yaml"), str(project / "large.yaml"), "--json")
    document = json.loads(out)
    assert code == 3
    assert [c["status"] for c in document["campaigns"]] == ["ready", "not_ready"]


def test_a_folder_is_every_campaign_in_it_and_below_that_is_not_cancelled(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    (project / "later").mkdir()
    (project / "small.yaml").rename(project / "later" / "small.yaml")
    (project / "off.yaml").write_text(CAMPAIGN.replace("AUDIENCE", "1k") + "status: cancelled\n")
    code, out, _ = run(capsys, str(project), str(project / "large.yaml"), "--json")
    assert (code, [c["campaign"] for c in json.loads(out)["campaigns"]]) == (3, ["large", "small"])
    code, _, err = run(capsys, str(project), "--html", str(project / "page.html"))
    assert (code, "--html shows one campaign" in err) == (2, True)


def test_a_folder_without_campaigns_says_what_to_name(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    code, _, err = run(capsys, str(tmp_path))
    assert code == 2
    assert f"no campaign file in {tmp_path}" in err
    assert "name campaign files" in err


def test_without_any_evidence_a_campaign_is_untested(
    capsys: pytest.CaptureFixture[str], project: Path, tmp_path: Path
) -> None:
    code, out, _ = run(capsys, str(project / "small.yaml"), "--state", str(tmp_path / "empty"))
    assert code == 4
    assert "spikekit capacity --target staging --journey look --path /books" in " ".join(out.split())


def test_capacity_of_another_journey_asks_for_a_search_with_the_campaigns_own_as_a_shell_takes_it(
    capsys: pytest.CaptureFixture[str],
    project: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept(project, {**capacity(rate=400.0), "id": "page", "journey": "landing", "requests_per_visitor": 1.0})
    (project / ".spikekit/runs/capacity-staging/run.json").unlink()
    search = "Next:  spikekit capacity --target staging --journey look --path /books"

    def following(file: Path) -> str:
        out = run(capsys, str(file))[1]
        assert "measure with the visitors' own journey, “look”" in " ".join(out.split())
        return out.splitlines()[-1].strip()

    monkeypatch.chdir(project)
    assert following(Path("large.yaml")) == search
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert following(project / "large.yaml") == f"{search} --site {project / 'site.yaml'}"


def test_an_inconclusive_search_does_not_replace_a_conclusive_one(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    kept(project, {**capacity(rate=2000.0), "id": "newer", "conclusive": False, "reasons": ["it changed meanwhile"]})
    found = json.loads(run(capsys, str(project / "large.yaml"), "--json")[1])
    assert [(e["id"], e["conclusive"]) for e in found["evidence"]] == [("capacity-staging", True), ("newer", False)]
    (project / ".spikekit/runs/capacity-staging/run.json").unlink()
    _, out, _ = run(capsys, str(project / "large.yaml"))
    assert "inconclusive (it changed meanwhile)" in " ".join(out.split())
    assert out.splitlines()[-1].startswith(" Next:  spikekit capacity --target staging")


def test_capacity_of_the_campaigns_own_journey_asks_for_no_other(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    _, out, _ = run(capsys, str(project / "large.yaml"))
    assert "spikekit capacity" not in out
    assert "own journey" not in out


def test_a_target_of_unknown_share_leaves_production_untested(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    file = project / "elsewhere.json"
    file.write_text(json.dumps(capacity("unknown-share", 1e6)))
    code, out, _ = run(capsys, str(project / "small.yaml"), "--evidence", str(file), "--json")
    document = json.loads(out)
    assert (code, document["status"], document["survival_probability"]) == (4, "untested", None)
    assert document["survivable_audience"] == {}
    assert document["survivable_audience_on_target"]["celebrity_post"] > 0


def test_exported_evidence_serves_elsewhere(capsys: pytest.CaptureFixture[str], project: Path, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence.json"
    state = ("--state", str(project / ".spikekit"))
    with pytest.raises(SystemExit):
        main(["runs", "export", str(project / ".spikekit/runs/capacity-staging"), "--to", str(evidence), *state])
    capsys.readouterr()
    elsewhere = ("--state", str(tmp_path / "empty"), "--evidence", str(evidence))
    here = json.loads(run(capsys, str(project / "small.yaml"), "--json")[1])
    there = json.loads(run(capsys, str(project / "small.yaml"), "--json", *elsewhere)[1])
    assert json.loads(evidence.read_text())["schema"] == "spikekit.evidence/1"
    assert there["evidence"] == here["evidence"]
    assert there["survival_probability"] == here["survival_probability"]
    assert str(evidence) in there["inputs"]


def test_two_searches_are_compared_in_words_and_in_json(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    kept(project, capacity_document(rate=17.0, id="capacity-later", label="5d3e"))
    runs = [str(project / ".spikekit/runs" / name) for name in ("capacity-staging", "capacity-later")]
    for more in ((), ("--json",)):
        with pytest.raises(SystemExit):
            main(["runs", "compare", *runs, *more])
    words, document = capsys.readouterr().out.rsplit("\n{", 1)
    assert words.startswith("4f2c9e1 → 5d3e\n  The capacity is 15 % lower, beyond noise")
    assert json.loads("{" + document)["comparisons"][0]["differences"][0]["beyond_noise"] is True


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "no evidence: it is not JSON"), ("{}", "expected spikekit.capacity/1"), ("[]", "expected a JSON object")],
)
def test_a_file_that_is_no_evidence_is_refused(
    capsys: pytest.CaptureFixture[str], project: Path, text: str, said: str
) -> None:
    file = project / "odd.json"
    file.write_text(text)
    code, _, err = run(capsys, str(project / "small.yaml"), "--evidence", str(file))
    assert code == 2
    assert said in err


def test_other_confirmed_campaigns_of_the_same_hours_are_counted_and_broken_ones_told(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    alone = json.loads(run(capsys, str(project / "small.yaml"), "--json")[1])
    big = (project / "large.yaml").read_text().replace("2026-12-04", "2027-02-04")
    (project / "beside.yaml").write_text(big)
    (project / "broken.yaml").write_text("version: 1\nlaunch: never\nchannels: []\n")
    _, out, err = run(capsys, str(project / "small.yaml"), "--json")
    beside = json.loads(out)
    assert alone["other_campaigns"] == []
    assert beside["other_campaigns"] == ["beside"]
    assert beside["survival_probability"] < alone["survival_probability"]
    assert "broken.yaml has problems and is not counted" in err


def test_without_a_campaign_each_kind_of_channel_has_its_safe_audience(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    code, out, _ = run(capsys, "--site", str(project / "site.yaml"))
    assert code == 0
    assert " ".join(out.split()).startswith(
        "Safe now, on production, each alone (95 % sure to hold), for visitors who take “look”, the journey of "
        "site.yaml; e-mails sent at once:"
    )
    kinds = {k.value for k in ChannelKind} - {"past", "custom"}
    assert kinds <= set(out.split())
    document = json.loads(run(capsys, "--site", str(project / "site.yaml"), "--json")[1])
    assert set(document["survivable_audience"]) == kinds
    assert document["campaign"] is None


def test_what_is_safe_tonight_is_safe_whatever_journey_of_the_site_visitors_take(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Measured with one page of one request: a visitor of the site's own journeys weighs far more."""
    (tmp_path / "site.yaml").write_text(SITE + '  peek: {steps: [{get: "{landing}"}]}\n')
    kept(tmp_path, {**capacity(rate=400.0), "journey": "landing", "requests_per_visitor": 1.0})
    site = ("--site", str(tmp_path / "site.yaml"))
    tonight = json.loads(run(capsys, *site, "--json")[1])
    safe = {}
    for journey in ("look", "peek"):
        (tmp_path / "post.yaml").write_text(
            CAMPAIGN.replace("AUDIENCE", "1M").replace("journey: look", f"journey: {journey}")
        )
        answer = json.loads(run(capsys, str(tmp_path / "post.yaml"), "--json")[1])
        safe[journey] = answer["survivable_audience"]["celebrity_post"]
    assert safe["look"] * 5 < safe["peek"]
    assert tonight["survivable_audience"]["celebrity_post"] == pytest.approx(safe["look"], rel=0.1)
    assert tonight["journey"] == "look"
    assert (
        tonight["assumption"] == "for visitors who take “look”, the heaviest journey of site.yaml; e-mails sent at once"
    )


def test_the_page_stands_alone_and_escapes_what_people_wrote(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    large = project / "large.yaml"
    large.write_text(large.read_text().replace("Fry tweets our reading app", "'<script>alert(1)</script>'"))
    page = project / "answer.html"
    code, out, _ = run(capsys, str(large), "--html", str(page))
    text = page.read_text()
    assert code == 3
    assert str(page) in out
    assert "<script>" not in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "What would change that" in text
    assert "desiredReplicas" in text


def test_the_advised_replicas_can_be_pasted(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    moderate = project / "large.yaml"
    moderate.write_text(CAMPAIGN.replace("AUDIENCE", "8M"))
    _, out, _ = run(capsys, str(moderate), "--scaling", "keda")
    assert 'desiredReplicas: "' in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("small.yaml", "large.yaml", "--html", "answer.html"), "--html shows one campaign"),
        (("--html", "answer.html"), "--html shows one campaign"),
        (("--scaling", "keda"), "--scaling is of a campaign's hours"),
    ],
)
def test_what_no_page_or_table_can_show_is_said_before_anything_is_worked_out(
    capsys: pytest.CaptureFixture[str],
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(project)
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert not (project / "answer.html").exists()
