"""From what a user calls a run to the run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from spikekit.errors import UsageError
from spikekit.files.echo import nearest, quoted
from spikekit.history.entry import RunState
from spikekit.history.folder import Kept, RunFolder, read_document
from spikekit.history.index import list_runs
from spikekit.verdict.run import Run

LATEST = "latest"

Rebuild = Callable[[Path], Run]
"""Makes a run from a folder without a document: its plan, and the seconds that were written.

Raises ``ValueError`` when they are not enough.
"""


def find_run(state: Path, reference: str, *, rebuild: Rebuild | None = None) -> Kept:
    """The run called ``latest``, by its id or the unique beginning of one, or by a path to its folder or document.

    ``latest`` is the newest that is not still running. ``rebuild`` is asked for runs whose process died before it
    wrote the document; without it they are an error. Raises ``UsageError`` for everything that is no run.
    """
    path = _as_path(reference)
    if path is not None and path.is_file():
        return read_document(path)
    folder = RunFolder(path=path) if path is not None else find_folder(state, reference)
    if folder.has_document:
        return folder.document()
    if folder.is_running():
        raise UsageError(f"run {folder.id} is still going on", hint="its report will be there when it ends")
    if rebuild is not None and folder.plan_file.is_file():
        try:
            return rebuild(folder.path)
        except ValueError as error:
            raise UsageError(f"run {folder.id} cannot be read: {error}") from error
    raise UsageError(f"run {folder.id} ended before anything was written", hint="spikekit runs list shows the others")


def find_folder(state: Path, reference: str) -> RunFolder:
    """The folder of the run called ``latest``, or by its id or the unique beginning of one."""
    entries = list_runs(state)
    if not entries:
        raise UsageError(f"there are no runs in {state} yet", hint="make one: spikekit demo")
    ids = [e.id for e in entries]
    if reference == LATEST:
        ended = [e.id for e in entries if e.state is not RunState.RUNNING]
        if not ended:
            raise UsageError("the only run is still going on", hint="its report will be there when it ends")
        return _folder(state, ended[0])
    if reference in ids:
        return _folder(state, reference)
    matches = [id_ for id_ in ids if reference and id_.startswith(reference)]
    if len(matches) == 1:
        return _folder(state, matches[0])
    if matches:
        raise UsageError(
            f"{len(matches)} runs begin with {quoted(reference)}", hint=f"for example {', '.join(matches[:3])}"
        )
    near = nearest(reference, ids)
    hint = f"did you mean {near}?" if near else "spikekit runs list shows them; latest is the newest"
    raise UsageError(f"there is no run {quoted(reference)} in {state}", hint=hint)


def _folder(state: Path, id_: str) -> RunFolder:
    return RunFolder(path=state / "runs" / id_)


def _as_path(reference: str) -> Path | None:
    """The reference as a path when it looks like one (a separator, or .json)."""
    if "/" not in reference and not reference.endswith(".json"):
        return None
    path = Path(reference)
    if not path.exists():
        raise UsageError(f"there is no file or folder {quoted(reference)}")
    return path
