"""Of a history, what a gate elsewhere needs: no search and no rehearsal that another one stands for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from spikekit.capacity.document import SCHEMA as CAPACITY_SCHEMA
from spikekit.capacity.document import CapacityRun, capacity_from_document
from spikekit.gate.papers import Papers
from spikekit.verdict.run import SCHEMA as RUN_SCHEMA
from spikekit.verdict.run import Run, run_from_document
from spikekit.vocabulary import RunKind, Verdict


def needed(papers: Papers) -> list[Run | CapacityRun]:
    """The newest conclusive search of each target, journey and label, and so of each campaign's rehearsals.

    Where none is conclusive, the newest that says anything at all: a search that found a bound, a rehearsal that ran
    to its end.
    """
    searches = [s for d in _of(papers, CAPACITY_SCHEMA) if (s := capacity_from_document(d)).value() is not None]
    runs = [run_from_document(d) for d in _of(papers, RUN_SCHEMA)]
    ended = [r for r in runs if r.kind is RunKind.REHEARSAL and not r.interrupted]
    found: dict[tuple[str | None, ...], Run | CapacityRun] = {}
    for search in sorted(searches, key=lambda s: (s.conclusive, s.created)):
        found["capacity", search.target, search.journey, search.label] = search
    for run in sorted(ended, key=lambda r: (r.verdict is not Verdict.INCONCLUSIVE, r.created)):
        found["rehearsal", run.target, run.campaign, run.label] = run
    return list(found.values())


def _of(papers: Papers, schema: str) -> Iterable[dict[str, Any]]:
    return (d for d in papers.documents if d["schema"] == schema)
