"""The document of a forecast."""

from __future__ import annotations

import json

import numpy as np
import pytest

from spikekit.cli.heading import heading
from spikekit.forecast.document import SCHEMA, forecast_document
from spikekit.forecast.forecast import forecast
from tests.forecast.campaigns import LAUNCH, SEED, five_channels

FIGURES = (
    "peak_visitors_per_second",
    "peak_requests_per_second",
    "peak_minute_visitors",
    "visitors_24h",
    "requests_24h",
    "time_to_peak_seconds",
)


@pytest.fixture(scope="module")
def document() -> dict:
    result = forecast(five_channels(), seed=SEED, draws=500)
    return forecast_document(result, heading(SCHEMA, created=LAUNCH, seed=SEED, inputs={"a.yaml": "00"}))


def test_it_holds_what_the_contract_names(document: dict) -> None:
    common = {"schema", "id", "created", "tool_version", "seed", "label", "inputs"}
    own = {"campaign", "launch", "draws", "calibrated", "curve", "drivers", *FIGURES}
    assert common | own <= document.keys()
    assert document["schema"] == "spikekit.forecast/1"
    assert document["calibrated"] is False


def test_it_is_plain_json(document: dict) -> None:
    assert json.loads(json.dumps(document, allow_nan=False)) == document


@pytest.mark.parametrize("name", FIGURES)
def test_quantiles_ascend(document: dict, name: str) -> None:
    figures = [document[name][q] for q in ("p10", "p50", "p90", "p99")]
    assert figures == sorted(figures)


def test_the_curve_has_a_value_for_every_offset_and_they_ascend(document: dict) -> None:
    curve = document["curve"]
    offsets = curve["offset_seconds"]
    assert offsets == sorted(offsets)
    assert curve["end_seconds"] > offsets[-1]
    assert {len(v) for v in curve["visitors_per_second"].values()} == {len(offsets)}


def test_the_curves_area_is_no_more_than_the_day_brings(document: dict) -> None:
    curve = document["curve"]
    widths = np.diff([*curve["offset_seconds"], curve["end_seconds"]])
    assert float(np.dot(widths, curve["visitors_per_second"]["p50"])) < document["visitors_24h"]["p99"]
