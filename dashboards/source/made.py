"""Every generated file by its path below ``dashboards/``."""

from __future__ import annotations

from pathlib import Path

from dashboards.source import live, portfolio, rehearsal, rules

FOLDER = Path(__file__).resolve().parent.parent
BOARDS = (rehearsal.BOARD, live.BOARD, portfolio.BOARD)


def made() -> dict[str, str]:
    """Dashboards and rules, as their code has them now."""
    boards = {f"grafana/dashboards/{board.uid}.json": board.text() for board in BOARDS}
    return {**boards, "prometheus/spikekit.rules.yaml": rules.text()}
