"""Runs that end before their time: a target takes its consent back, a hand is on Ctrl-C, a generator is stuck."""

from __future__ import annotations

import json
import signal

from spikekit.engine.plan import Plan
from spikekit.measurement.second import Second
from spikekit.site.file import load_site
from spikekit.trial.plain import PlainLoad, asked_load
from spikekit.trial.run import run_trial
from spikekit.vocabulary import ExitCode, Verdict
from tests.end_to_end.conftest import MakeProject, Nginx
from tests.end_to_end.processes import children_of, wait_for_seconds, wait_until_gone


def test_consent_taken_back_on_the_way_ends_the_load_and_keeps_what_was_measured(
    nginx: Nginx, make_project: MakeProject
) -> None:
    """Exit 5, in the words of what the target answered."""
    consent = nginx.access_log.parent / "html" / ".well-known" / "spikekit-consent"
    consent.parent.mkdir()
    consent.write_text("bookshop\n")
    project = make_project(nginx.url, target="consent: file")
    site = load_site(project.folder / "site.yaml")
    load = PlainLoad(rate=50.0, duration_seconds=60.0, path="/page.html")

    def take_back(_plan: Plan, second: Second) -> None:
        if second.second == 1:
            consent.unlink()

    run = run_trial(
        asked_load(load, site, command="", inputs={}),
        project.folder / ".spikekit",
        environ={},
        on_second=take_back,
        ask_every_seconds=0.5,
    )
    assert (run.exit_code, run.verdict) == (ExitCode.REFUSED, Verdict.INCONCLUSIVE)
    assert "consent" in run.sentence
    assert run.visitors.broken_laws() == []
    assert run.duration_seconds < 30
    # One more is the look before the load; who was still connecting had begun, but said nothing.
    assert run.requests.sent > 50
    assert 0 <= run.requests.sent + 1 - nginx.requests() <= 3
    (folder,) = project.run_folders()
    assert json.loads((folder / "run.json").read_text())["refused"] is True


def test_ctrl_c_in_the_demo_leaves_nothing_running(make_project: MakeProject) -> None:
    """Neither the shop nor a generator."""
    project = make_project("http://127.0.0.1:9")
    process = project.start("demo")
    wait_for_seconds(project.folder, 1)
    started = children_of(process.pid)
    started += [child for pid in started for child in children_of(pid)]
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in out + err
    assert len(started) >= 2
    for pid in started:
        wait_until_gone(pid)


def test_a_generator_that_is_stuck_is_ended_by_the_kernel(nginx: Nginx, make_project: MakeProject) -> None:
    """A pattern without end holds up its event loop, so that it cannot even look at its lease."""
    (nginx.access_log.parent / "html" / "page.html").write_text("a" * 60)
    rest = 'journeys: {stuck: {steps: [{get: /page.html, capture: {never: "((?:a|aa)+)b"}}]}}'
    project = make_project(nginx.url, rest=rest)
    outcome = project.run("load", "--rate", "5", "--duration", "60s", "--journey", "stuck", "--json", timeout=60)
    run = outcome.document
    assert (outcome.code, run["verdict"]) == (4, "inconclusive")
    assert "the load generator died" in run["reasons"][0]
    assert nginx.requests() < 50
