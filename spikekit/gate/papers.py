"""The documents a gate judges by: of the project's own history, or of files that came from another machine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from spikekit.campaign.model import Campaign
from spikekit.capacity.document import SCHEMA as CAPACITY_SCHEMA
from spikekit.errors import FileProblems, Problem
from spikekit.history.evidence import EXPORT_SCHEMA, evidence_of
from spikekit.history.folder import run_folders
from spikekit.readiness.evidence import Evidence
from spikekit.verdict.run import SCHEMA as RUN_SCHEMA
from spikekit.verdict.run import Run, run_from_document
from spikekit.vocabulary import RunKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Documents of searches and runs, each whole, and the files they were read from."""

    documents: tuple[dict[str, Any], ...]
    files: tuple[Path, ...] = ()

    def evidence(self, campaign: Campaign) -> list[Evidence]:
        """What they tell of capacity; rehearsals only of ``campaign``."""
        return [e for document in self.documents for e in evidence_of(document, campaign)]

    def rehearsals(self, campaign: Campaign) -> list[Run]:
        """Its own rehearsals that ran to their end, the newest first."""
        runs = (run_from_document(d) for d in self.documents if d.get("schema") == RUN_SCHEMA)
        own = [r for r in runs if (r.kind, r.campaign) == (RunKind.REHEARSAL, campaign.id) and not r.interrupted]
        return sorted(own, key=lambda r: r.created, reverse=True)

    def with_run(self, run: Run) -> Papers:
        """These and one more."""
        return replace(self, documents=(*self.documents, run.document()))


def kept_papers(state: Path) -> Papers:
    """What the run folders of ``state`` hold; runs that died half-way are passed over."""
    found = []
    for folder in run_folders(state):
        try:
            found += _documents(json.loads(folder.document_file.read_bytes()))
        except (OSError, ValueError):
            continue
    return Papers(documents=tuple(found))


def read_papers(paths: Iterable[Path]) -> Papers:
    """What the files hold, and the JSON files in and below the folders; there, documents of other kinds may lie.

    Raises ``FileProblems`` with every file that cannot be read, or is no document of a run or a search.
    """
    documents, files, problems = [], [], []
    for file, is_named in _files(paths):
        try:
            found = json.loads(file.read_bytes())
            if is_named or not _is_of_another_kind(found):
                documents += _documents(found)
                files.append(file)
        except json.JSONDecodeError as error:
            problems.append(_problem(file, f"expected JSON as `runs export` writes it; {error.msg}", error))
        except OSError as error:
            problems.append(_problem(file, f"cannot be read: {error.strerror or error}"))
        except RecursionError:
            problems.append(_problem(file, "this is no evidence: it is nested too deeply"))
        except ValueError as error:
            problems.append(_problem(file, f"this is no evidence: {error}"))
    if problems:
        raise FileProblems(problems)
    return Papers(documents=tuple(documents), files=tuple(files))


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, bool]]:
    """Each file with whether it was named itself."""
    for path in paths:
        if path.is_dir():
            # A run's plan lies beside its document; a state folder serves as it is.
            yield from ((p, False) for p in sorted(path.rglob("*.json")) if p.name != "plan.json" and p.is_file())
        else:
            yield path, True


def _is_of_another_kind(document: Any) -> bool:
    """Whether it is one of ours, such as a review, that has nothing to say of capacity."""
    schema = document.get("schema") if isinstance(document, dict) else None
    return str(schema).startswith("spikekit.") and schema not in (CAPACITY_SCHEMA, RUN_SCHEMA, EXPORT_SCHEMA)


def _documents(document: Any) -> list[dict[str, Any]]:
    """Each document for itself, known to be whole. Raises ``ValueError``."""
    if isinstance(document, dict) and document.get("schema") == EXPORT_SCHEMA:
        inner = document.get("documents")
        if not isinstance(inner, list):
            raise ValueError("expected a list of documents")
        return [d for one in inner for d in _documents(one)]
    try:
        evidence_of(document, None)
        created = datetime.fromisoformat(document["created"])
    except (AttributeError, TypeError, KeyError) as error:
        raise ValueError("it is not a whole document") from error
    if document["schema"] == RUN_SCHEMA and not _is_counted(run_from_document(document)):
        raise ValueError("some of its counts are below zero")
    if created.tzinfo is None:
        raise ValueError("its date lacks an offset, so nobody knows how old it is")
    return [document]


def _is_counted(run: Run) -> bool:
    return min(run.requests.sent, run.assets.requests, run.visitors.started, *run.timeline.started) >= 0


def _problem(file: Path, message: str, error: json.JSONDecodeError | None = None) -> Problem:
    line, column = (error.lineno, error.colno) if error else (1, 1)
    return Problem(file=str(file), line=line, column=column, path="", message=message)
