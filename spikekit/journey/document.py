"""A proposal as ``spikekit.record/1``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spikekit.journey.proposal import Counted, Proposal, ProposedStep
from spikekit.journey.text import journeys_text, table_text

SCHEMA = "spikekit.record/1"


def record_document(proposal: Proposal, heading: dict[str, Any], files: Sequence[str]) -> dict[str, Any]:
    """Everything the YAML says, for programs. ``files``: what was written."""
    return {
        **heading,
        "journey": proposal.name,
        "host": proposal.host,
        "browser": proposal.browser,
        "recorded_on": proposal.recorded_on or None,
        "requests": {
            "recorded": proposal.requests,
            "steps": len(proposal.steps),
            "redirects": proposal.folded,
            "assets": proposal.assets,
            "other_hosts": _counts(proposal.other_hosts),
            "left_out": _counts(proposal.left_out),
        },
        "removed": _counts(proposal.removed),
        "steps": [_step(step) for step in proposal.steps],
        "data": [{"file": t.file, "columns": list(t.columns), "rows": len(t.rows)} for t in proposal.tables],
        "yaml": journeys_text(proposal),
        "csv": {t.file: table_text(t) for t in proposal.tables},
        "files": list(files),
    }


def _counts(counted: Sequence[Counted]) -> dict[str, int]:
    return {c.what: c.number for c in counted}


def _step(step: ProposedStep) -> dict[str, Any]:
    return {
        "method": step.method.upper(),
        "path": step.path,
        "recorded": step.recorded,
        "think_seconds": step.think_seconds,
        "expect": {"status": step.expect.status, "text": step.expect.text},
        "data": step.data,
        "capture": dict(step.capture),
        "form": step.form,
        "json": step.json,
        "headers": dict(step.headers),
        "assets": step.assets,
        "notes": [note.text for note in step.notes],
    }
