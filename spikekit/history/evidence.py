"""The evidence of capacity in a project's history and in files: searches, and rehearsals of the campaign itself."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from spikekit.campaign.model import Campaign
from spikekit.capacity.document import SCHEMA as CAPACITY_SCHEMA
from spikekit.errors import UsageError
from spikekit.history.entry import peak_visitors_per_second
from spikekit.history.folder import run_folders
from spikekit.readiness.evidence import Evidence, bound, from_capacity
from spikekit.verdict.run import SCHEMA as RUN_SCHEMA
from spikekit.verdict.run import Run, run_from_document
from spikekit.vocabulary import RunKind, Verdict

EXPORT_SCHEMA = "spikekit.evidence/1"
"""What ``runs export`` writes: several documents in one file."""

_MINUTE = 60


def kept_evidence(state: Path, campaign: Campaign | None) -> list[Evidence]:
    """What the run folders of ``state`` tell; rehearsals only of ``campaign``. The unreadable is passed over."""
    found: list[Evidence] = []
    for folder in run_folders(state):
        try:
            found += evidence_of(json.loads(folder.document_file.read_bytes()), campaign)
        except (OSError, ValueError):
            continue
    return found


def read_evidence(files: Iterable[Path], campaign: Campaign | None) -> list[Evidence]:
    """The evidence in files: documents of searches and runs, or what ``runs export`` wrote.

    Raises ``UsageError`` for a file that tells nothing about capacity.
    """
    found: list[Evidence] = []
    for file in files:
        try:
            told = evidence_of(json.loads(file.read_bytes()), campaign)
        except OSError as error:
            raise UsageError(f"cannot read {file}: {error.strerror}") from error
        except ValueError as error:
            why = "it is not JSON" if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError)) else error
            raise UsageError(f"{file} is no evidence: {why}", hint="spikekit runs export RUN writes some") from error
        if not told:
            raise UsageError(f"{file} says nothing of capacity for this campaign", hint="spikekit capacity measures it")
        found += told
    return found


def evidence_of(document: Any, campaign: Campaign | None) -> list[Evidence]:
    """What one document tells; nothing for runs of other campaigns. Raises ``ValueError`` for what is no document."""
    if not isinstance(document, dict):
        raise ValueError("expected a JSON object")
    schema = document.get("schema")
    if schema == EXPORT_SCHEMA:
        return [e for d in document.get("documents", []) for e in evidence_of(d, campaign)]
    if schema == CAPACITY_SCHEMA:
        # A search that came to nothing says so with an empty capacity.
        return [from_capacity(document)] if document.get("capacity") else []
    if schema == RUN_SCHEMA:
        told = _of_run(run_from_document(document), campaign)
        return [told] if told else []
    raise ValueError(f"expected {CAPACITY_SCHEMA}, {RUN_SCHEMA} or {EXPORT_SCHEMA}, found {schema!r}")


def _of_run(run: Run, campaign: Campaign | None) -> Evidence | None:
    """A rehearsal that held is a lower bound at its busiest minute: a burst of seconds may be borne, not held.

    One that failed is an upper bound at its busiest ten seconds.
    """
    judged = run.verdict in (Verdict.READY, Verdict.NOT_READY) and not run.interrupted and run.generator.healthy
    if campaign is None or run.kind is not RunKind.REHEARSAL or run.campaign != campaign.id or not judged:
        return None
    held = run.verdict is Verdict.READY
    rate = busiest_minute(run) if held else peak_visitors_per_second(run.timeline)
    if not rate:
        return None
    requests = run.requests.sent + run.assets.requests
    return bound(
        name=run.id,
        target=run.target,
        created=datetime.fromisoformat(run.created),
        label=run.label,
        mix=campaign.journey,
        rate=rate,
        held=held,
        requests=max(1.0, requests / max(1, run.visitors.started)),
    )


def busiest_minute(run: Run) -> float | None:
    """The largest mean of visitors started over a minute in a row (over all of a shorter run); None without any."""
    started = np.asarray(run.timeline.started, dtype=np.float64)
    if started.size == 0:
        return None
    width = min(_MINUTE, started.size)
    return float(np.convolve(started, np.full(width, 1 / width), mode="valid").max())
