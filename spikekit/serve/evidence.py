"""The evidence of every campaign from one look at the run folders, however many of both there are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from spikekit.campaign.model import Campaign
from spikekit.history.evidence import evidence_of
from spikekit.history.folder import run_folders
from spikekit.readiness.evidence import Evidence

Told = Mapping[str | None, tuple[Evidence, ...]]
"""By campaign's id what counts for it, its own rehearsals included; under ``None`` what counts for everybody."""


def evidence_by_campaign(state: Path, campaigns: Iterable[Campaign]) -> Told:
    """What ``kept_evidence`` would say for each campaign and for nobody. The unreadable is passed over."""
    asking: dict[str | None, Campaign | None] = {None: None, **{c.id: c for c in campaigns}}
    found: dict[str | None, list[Evidence]] = {name: [] for name in asking}
    for folder in run_folders(state):
        try:
            document = json.loads(folder.document_file.read_bytes())
            told = {name: evidence_of(document, asking[name]) for name in _concerned(document, asking)}
        except (OSError, ValueError):
            continue
        for name, each in found.items():
            each += told.get(name, told[None])
    return {name: tuple(each) for name, each in found.items()}


def _concerned(document: Any, asking: Iterable[str | None]) -> set[str | None]:
    """A run tells its own campaign more than the others, who all hear the same."""
    campaign = document.get("campaign") if isinstance(document, dict) else None
    return {None, *(name for name in asking if name is not None and name == campaign)}
