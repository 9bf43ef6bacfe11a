"""One line of the list of runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from spikekit.capacity.document import CapacityRun
from spikekit.history.folder import Kept, RunFolder
from spikekit.verdict.run import Timeline
from spikekit.vocabulary import PEAK_SECONDS, RunKind, Verdict


class RunState(StrEnum):
    """``unfinished``: its process died before the document; ``unreadable``: its document is not one."""

    FINISHED = "finished"
    RUNNING = "running"
    UNFINISHED = "unfinished"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEntry:
    """What the list shows of a run. ``None``: not known, because there is no document.

    ``created`` is ISO 8601; ``peak_visitors_per_second`` the largest ten-second mean of visitors started; of a
    search what it found. ``page`` is the one page that a search's visitors asked for.
    """

    id: str
    state: RunState
    created: str
    kind: RunKind
    campaign: str | None = None
    target: str | None = None
    label: str | None = None
    verdict: Verdict | None = None
    interrupted: bool = False
    peak_visitors_per_second: float | None = None
    duration_seconds: float | None = None
    sentence: str | None = None
    page: str | None = None

    def document(self) -> dict[str, Any]:
        """This entry as plain JSON values."""
        return asdict(self)


def entry_of(id_: str, run: Kept) -> RunEntry:
    """The entry of a whole run, under the name of its folder."""
    if isinstance(run, CapacityRun):
        return _entry_of_search(id_, run)
    return RunEntry(
        id=id_,
        state=RunState.FINISHED,
        created=run.created,
        kind=run.kind,
        campaign=run.campaign,
        target=run.target,
        label=run.label,
        verdict=run.verdict,
        interrupted=run.interrupted,
        peak_visitors_per_second=peak_visitors_per_second(run.timeline),
        duration_seconds=run.duration_seconds,
        sentence=run.sentence,
    )


def _entry_of_search(id_: str, search: CapacityRun) -> RunEntry:
    return RunEntry(
        id=id_,
        state=RunState.FINISHED,
        created=search.created,
        kind=RunKind.CAPACITY,
        target=search.target,
        label=search.label,
        verdict=search.verdict,
        interrupted=search.interrupted,
        peak_visitors_per_second=search.capacity.visitors_per_second if search.capacity else None,
        duration_seconds=search.duration_seconds,
        sentence=search.sentence,
        page=search.page,
    )


def entry_without_document(folder: RunFolder) -> RunEntry | None:
    """What a folder's name tells of a run without a usable document; None when the folder is not of a run."""
    parts = folder.name_parts()
    if parts is None:
        return None
    begun, kind, subject = parts
    if folder.has_document:
        state = RunState.UNREADABLE
    else:
        state = RunState.RUNNING if folder.is_running() else RunState.UNFINISHED
    rehearsal = kind is RunKind.REHEARSAL
    return RunEntry(
        id=folder.id,
        state=state,
        created=begun.isoformat(),
        kind=kind,
        campaign=subject if rehearsal else None,
        target=None if rehearsal else subject,
    )


def peak_visitors_per_second(timeline: Timeline) -> float | None:
    """The largest mean of visitors started over ten seconds in a row (over all of a shorter run); None without any."""
    started = np.asarray(timeline.started, dtype=np.float64)
    if started.size == 0:
        return None
    width = min(int(PEAK_SECONDS), started.size)
    return float(np.convolve(started, np.full(width, 1 / width), mode="valid").max())
