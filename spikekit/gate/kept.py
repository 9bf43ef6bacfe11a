"""The gate's newest answer in a project's state folder, where ``serve`` reads who passed the last time it was asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spikekit.gate.document import SCHEMA
from spikekit.history.atomic import write_atomically

KEPT_NAME = "gate.json"
"""Inside the state folder."""

MOST_EARLIER = 500
"""Campaigns that were not asked about this time; the oldest are let go of."""


def keep(document: Mapping[str, Any], state: Path) -> None:
    """Put the document into ``state``; what was ``earlier`` said of other campaigns stays with it.

    A folder that is not there is not made: a machine of CI has no history, and its checkout stays as it is. Raises
    ``UsageError`` where the folder cannot be written.
    """
    if not state.is_dir():
        return
    file = state / KEPT_NAME
    asked = {c["campaign"] for c in document["campaigns"]}
    earlier = [c for c in _kept(file) if c["campaign"] not in asked]
    whole = {**document, "earlier": earlier[:MOST_EARLIER]}
    write_atomically(file, json.dumps(whole, allow_nan=False) + "\n")


def who_passed(file: Path) -> dict[str, bool]:
    """By campaign whether it passed, of those that were due the last time somebody asked about them.

    Raises ``OSError`` where nothing can be read, and ``ValueError`` for what is no document of a gate.
    """
    due = [c for c in _campaigns(file) if c["status"] is not None]
    return {c["campaign"]: c["passed"] is True for c in due}


def _kept(file: Path) -> list[dict[str, Any]]:
    try:
        return _campaigns(file)
    except (OSError, ValueError):
        return []


def _campaigns(file: Path) -> list[dict[str, Any]]:
    """Those of the newest answer first."""
    document = json.loads(file.read_bytes())
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ValueError(f"expected {SCHEMA}")
    try:
        found = [*document["campaigns"], *document.get("earlier", [])]
        whole = all(isinstance(c["campaign"], str) and {"status", "passed"} <= c.keys() for c in found)
    except (AttributeError, KeyError, TypeError):
        whole = False
    if not whole:
        raise ValueError("it is not a whole document")
    return found
