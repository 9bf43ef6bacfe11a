"""``spikekit.run/1``: the keys that scripts rely on, and the way back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spikekit.verdict.judge import judged
from spikekit.verdict.run import Run, run_from_document
from tests.verdict.recordings import busy_second, failing_second, plan, recorded

ALWAYS = {"schema", "id", "created", "tool_version", "seed", "label", "inputs"}
TOP = {
    "kind",
    "campaign",
    "target",
    "verdict",
    "reasons",
    "started",
    "duration_seconds",
    "visitors",
    "requests",
    "failures",
    "latency_seconds",
    "service_seconds",
    "dispatch_lag_seconds",
    "steps",
    "assets",
    "timeline",
    "objectives",
    "generator",
}
ADDED = {"sentence", "distribution", "examples", "asked", "command", "interrupted", "refused"}
"""What the document holds beyond the promise; more may come, none of the promised may go."""

QUANTILES = {"p50", "p90", "p95", "p99", "p999", "max"}
NESTED = {
    "visitors": {"planned", "started", "completed", "failed", "abandoned", "dropped", "unreported", "in_flight"},
    "requests": {"sent", "succeeded", "failed"},
    "latency_seconds": QUANTILES,
    "service_seconds": QUANTILES,
    "dispatch_lag_seconds": {"p50", "p99", "max"},
    "assets": {"requests", "failed", "latency_seconds"},
    "timeline": {"offset_seconds", "planned", "started", "completed", "failed", "in_flight", "p95"},
    "generator": {"healthy", "workers", "cpu_ratio", "notes"},
}
LISTED = {
    "steps": {"name", "requests", "failed", "latency_seconds"},
    "objectives": {"name", "step", "limit", "observed", "held", "worst_window"},
}


@pytest.fixture
def run() -> Run:
    """A run in which everything a document can hold occurred."""
    return judged(plan(), recorded(30, lambda s: failing_second(s, "timeout", failing=5)))


@pytest.fixture
def document(run: Run) -> dict[str, Any]:
    """The run's document, as JSON has it."""
    plain: dict[str, Any] = json.loads(json.dumps(run.document(), allow_nan=False))
    return plain


def test_a_document_has_the_promised_keys_and_the_known_additions(document: dict[str, Any]) -> None:
    assert set(document) == ALWAYS | TOP | ADDED
    assert document["schema"] == "spikekit.run/1"


def test_every_part_of_a_document_has_the_promised_keys(document: dict[str, Any]) -> None:
    for name, keys in NESTED.items():
        assert keys <= set(document[name]), name
    for name, keys in LISTED.items():
        assert document[name], name
        for entry in document[name]:
            assert keys <= set(entry), name
    assert set(document["steps"][0]["latency_seconds"]) == QUANTILES


def test_a_document_leads_back_to_its_run(run: Run, document: dict[str, Any]) -> None:
    assert run_from_document(document) == run
    assert run_from_document(document).document() == run.document()


def test_a_document_of_a_run_without_data_leads_back_too() -> None:
    empty = judged(plan(), recorded(0, busy_second))
    assert run_from_document(json.loads(json.dumps(empty.document(), allow_nan=False))) == empty


def test_keys_of_newer_versions_are_passed_over(run: Run, document: dict[str, Any]) -> None:
    newer = {**document, "later": 1, "visitors": {**document["visitors"], "later": 2}}
    newer["steps"] = [{**step, "later": 3} for step in document["steps"]]
    assert run_from_document(newer) == run


@pytest.mark.parametrize("key", sorted(TOP | {"id", "created", "seed"}))
def test_a_document_without_a_promised_key_is_refused_by_name(document: dict[str, Any], key: str) -> None:
    del document[key]
    with pytest.raises(ValueError, match=key):
        run_from_document(document)


@pytest.mark.parametrize("schema", [None, "spikekit.run/2", "spikekit.capacity/1"])
def test_another_schema_is_refused(document: dict[str, Any], schema: str | None) -> None:
    with pytest.raises(ValueError, match=r"expected schema spikekit\.run/1"):
        run_from_document({**document, "schema": schema})


def test_every_second_of_the_time_line_has_an_entry_in_every_list(document: dict[str, Any]) -> None:
    assert {len(entries) for entries in document["timeline"].values()} == {30}


def test_bars_of_the_distribution_hold_every_right_answer(document: dict[str, Any]) -> None:
    bars = document["distribution"]
    assert sum(bars["counts"]) == document["requests"]["succeeded"]
    assert len(bars["edges_seconds"]) == len(bars["counts"]) + 1
    assert bars["edges_seconds"] == sorted(set(bars["edges_seconds"]))
