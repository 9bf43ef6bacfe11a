"""A forecast is quick enough to be asked for without thinking."""

from __future__ import annotations

from pathlib import Path

from tests.processor_time import processor_seconds

CAMPAIGN = """\
version: 1
name: Everything at once
launch: 2026-12-04T18:00
timezone: Europe/London
landing: /books
overlap: 20%
channels:
  - {kind: celebrity_post, audience: 6.2M, within: 2h}
  - {kind: email, audience: 250k, at: 30m, send_over: 20m}
  - {kind: paid_social, audience: 2M, deliver_over: 3d}
  - {kind: push, audience: 400k, at: 1h}
  - {kind: tv_spot, audience: 3M, at: 90m}
"""
IMPORTS = "import numpy, yaml, click, rich.console"
MOST = 8.0
"""Times the processor time of those imports alone, the start of the interpreter included."""


def test_a_forecast_of_five_channels_costs_less_than_eight_times_its_imports(tmp_path: Path) -> None:
    file = tmp_path / "everything.yaml"
    file.write_text(CAMPAIGN)
    imports, forecasts = [], []
    for _ in range(4):
        imports.append(processor_seconds("-c", IMPORTS))
        forecasts.append(processor_seconds("-m", "spikekit", "forecast", str(file)))
    assert min(forecasts) < MOST * min(imports)
