"""The shipped rules: sound by Prometheus's own tools, each alert with all that the person on call needs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from spikekit.metrics.shipped import RUNBOOKS_URL, dashboards_folder, page, runbooks_folder

RULES = dashboards_folder() / "prometheus" / "spikekit.rules.yaml"
TESTS = Path(__file__).parent / "rules.test.yaml"


def _rules(kind: str) -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"] if kind in rule]


EVERY_ALERT = pytest.mark.parametrize("alert", _rules("alert"), ids=lambda a: f"{a['alert']}-{a['labels']['severity']}")


def _promtool(*words: str, cwd: Path) -> str:
    done = subprocess.run(["promtool", *words], cwd=cwd, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_prometheus_finds_nothing_wrong_with_the_rules_and_the_configuration() -> None:
    _promtool("check", "rules", "--lint-fatal", str(RULES), cwd=RULES.parent)
    _promtool("check", "config", "prometheus.yaml", cwd=RULES.parent)


def test_each_alert_fires_when_it_should_and_stays_silent_in_a_calm_campaign(tmp_path: Path) -> None:
    text = TESTS.read_text().replace("RULES", str(RULES))
    (tmp_path / "tests.yaml").write_text(text)
    _promtool("test", "rules", "tests.yaml", cwd=tmp_path)


def test_every_alert_is_tested_to_fire_and_to_be_silent() -> None:
    tests = yaml.safe_load(TESTS.read_text())["tests"]
    asked = [(t["name"], a["alertname"], bool(a["exp_alerts"])) for t in tests for a in t["alert_rule_test"]]
    every = {rule["alert"] for rule in _rules("alert")}
    assert {name for _test, name, fires in asked if fires} == every
    assert {name for test, name, fires in asked if not fires and test.startswith("calm")} == every


@EVERY_ALERT
def test_an_alert_says_how_urgent_it_is_what_happened_and_what_to_do(alert: dict[str, Any]) -> None:
    assert re.fullmatch(r"Spikekit([A-Z][a-z]+)+", alert["alert"])
    assert alert["labels"]["severity"] in ("critical", "warning")
    notes = alert["annotations"]
    assert notes["summary"].endswith(".")
    assert notes["description"].endswith(".")
    assert notes["runbook_url"] == f"{RUNBOOKS_URL}/{alert['alert']}"


@EVERY_ALERT
def test_the_runbook_of_an_alert_begins_with_a_step_for_tonight(alert: dict[str, Any]) -> None:
    text = (runbooks_folder() / f"{alert['alert']}.md").read_text()
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        f"# {alert['alert']}",
        "## First, now",
        "## Then",
        "## Afterwards",
    ]
    assert page(f"/runbooks/{alert['alert']}") == ("text/plain", text)
    assert f"({alert['alert']}.md)" in (runbooks_folder() / "README.md").read_text()


def test_nothing_but_runbooks_is_shown_beside_the_numbers() -> None:
    assert page("/runbooks/../../pyproject.toml") is None
    assert page("/runbooks/") is None
    assert page("/") is None


def test_recorded_names_say_level_metric_and_operation() -> None:
    for rule in _rules("record"):
        assert re.fullmatch(r"[a-z_]+:spikekit_[a-z_]+:[a-z_0-9]+", rule["record"])


def test_the_alertmanager_finds_nothing_wrong_with_its_configuration() -> None:
    file = dashboards_folder() / "alertmanager" / "alertmanager.yaml"
    done = subprocess.run(["amtool", "check-config", str(file)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
