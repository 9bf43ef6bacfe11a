"""The shipped dashboards as tests read them: their queries, with variables put in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from spikekit.metrics.shipped import dashboards_folder

BOARDS = sorted((dashboards_folder() / "grafana" / "dashboards").glob("*.json"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One query of one panel. ``panel`` is its title."""

    board: str
    panel: str
    expr: str

    def substituted(self, *, interval: str, span: str) -> str:
        """As Grafana asks it, with everything chosen and these for the time between scrapes and the time shown."""
        values = {"$__rate_interval": interval, "$__range": span, "$job": ".+", "$site": ".*", "$campaign": ".*"}
        found = self.expr
        for name, value in values.items():
            found = found.replace(name, value)
        assert "$" not in found
        return found


def board(uid: str) -> dict[str, Any]:
    """A shipped dashboard."""
    return next(b for b in boards() if b["uid"] == uid)


def boards() -> list[dict[str, Any]]:
    """All of them."""
    return [json.loads(file.read_text()) for file in BOARDS]


def queries() -> Iterator[Asked]:
    """Every query of every panel."""
    for each in boards():
        for panel in each["panels"]:
            for target in panel["targets"]:
                yield Asked(board=each["uid"], panel=panel["title"], expr=target["expr"])
