"""A proposal on the disk: the journey and its data files, all of them or none, and nothing overwritten."""

from __future__ import annotations

from pathlib import Path

from spikekit.errors import UsageError
from spikekit.journey.proposal import Proposal
from spikekit.journey.text import journey_text, table_text

PASTE = "  # Put these lines under `journeys:` in site.yaml, as they are indented here.\n"


def write_proposal(proposal: Proposal, folder: Path, *, with_journey: bool) -> list[Path]:
    """Write ``NAME.yaml`` (if asked to) and the data files into ``folder``; returns what was written.

    The file has no line ``journeys:``, so that ``spikekit check FOLDER`` does not take it for a site. Raises
    ``UsageError``, having written nothing, when any of the files exists already or the folder cannot be one.
    """
    texts = {folder / f"{proposal.name}.yaml": PASTE + journey_text(proposal)} if with_journey else {}
    texts |= {folder / table.file: table_text(table) for table in proposal.tables}
    existing = [str(p) for p in texts if p.exists() or p.is_symlink()]
    if existing:
        raise UsageError(
            f"nothing was written: {', '.join(existing)} {'exists' if len(existing) == 1 else 'exist'} already",
            hint="choose another --name or another folder with --write DIR",
        )
    try:
        if texts:
            folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            # "x": should somebody else write the same file this very moment, theirs stays.
            with path.open("x", encoding="utf-8", newline="") as stream:
                stream.write(text)
    except OSError as error:
        raise UsageError(f"cannot write {error.filename or folder}: {error.strerror}") from error
    return list(texts)
