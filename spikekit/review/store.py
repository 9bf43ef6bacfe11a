"""Where past campaigns are kept: one readable file each, written whole or not at all.

STATE/past/fry-reads-20261204.json

A campaign is the same one as before when its id and the day of its launch are: reviewing it again replaces its file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from spikekit import __version__
from spikekit.forecast.calibration import SAME_CAMPAIGN, PastResult, plain_name
from spikekit.history.atomic import unwritable, write_atomically
from spikekit.review.record import PastRecord, Source, record_from_document

PAST_NAME = "past"
_SLUG_LENGTH = 60
_UNDATED = "undated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Every record, oldest first (undated ones before all), and in words what could not be read.

    An import of what was reviewed, too, is left out: it would count twice.
    """

    records: tuple[PastRecord, ...] = ()
    broken: tuple[str, ...] = ()

    def results(self) -> tuple[PastResult, ...]:
        """What every forecast learns from."""
        return tuple(result for record in self.records for result in record.learned())


def past_results(state: Path, tell: Callable[[str], object] | None = None) -> tuple[PastResult, ...]:
    """All own results kept in ``state``; ``tell`` hears of each file that cannot be read and is left out."""
    past = read_past(state)
    for words in past.broken:
        if tell is not None:
            tell(words)
    return past.results()


def read_past(state: Path) -> Past:
    """Everything kept in ``state``. Files that cannot be read are told of and left where they are."""
    records, broken = [], []
    for path in sorted((state / PAST_NAME).glob("*.json")):
        try:
            records.append(record_from_document(json.loads(path.read_bytes())))
        except (OSError, ValueError, RecursionError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            broken.append(f"{path} is left out: {reason}")
    earliest = datetime.min.replace(tzinfo=UTC)
    records.sort(key=lambda r: (r.launch or earliest, r.campaign))
    reviews = [r for r in records if r.source is Source.REVIEW]
    return Past(records=tuple(r for r in records if not _is_superseded(r, reviews)), broken=tuple(broken))


def _is_superseded(record: PastRecord, reviews: Sequence[PastRecord]) -> bool:
    """Whether an import tells of a campaign that one of the ``reviews`` tells of; an export knows it by its name."""
    if record.source is Source.REVIEW or record.launch is None:
        return False
    launch, name = record.launch, plain_name(record.campaign)
    return any(
        name in (plain_name(r.campaign), plain_name(r.name)) and abs(r.launch - launch) < SAME_CAMPAIGN
        for r in reviews
        if r.launch is not None
    )


def record_file(state: Path, record: PastRecord) -> Path:
    """Where a record is kept."""
    day = record.launch.astimezone(UTC).strftime("%Y%m%d") if record.launch else _UNDATED
    return state / PAST_NAME / f"{_slug(record.campaign)}-{day}.json"


def keep(state: Path, record: PastRecord, *, now: datetime, reviews: Sequence[PastRecord] = ()) -> Path | None:
    """Save a record in place of any of the same campaign; ``None`` where an import would replace a review.

    ``reviews`` are those known so far: an import may be of one of them by its name. Raises ``UsageError`` when the disk
    says no.
    """
    path = record_file(state, record)
    if record.source is Source.IMPORT and (_is_review(path) or _is_superseded(record, reviews)):
        return None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path.parent, error) from error
    document = record.document(recorded=now.astimezone(UTC), tool_version=__version__)
    write_atomically(path, json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False) + "\n")
    return path


def _is_review(path: Path) -> bool:
    """Whether a file holds a review. One that cannot be read may: it is not to be lost."""
    if not path.exists():
        return False
    try:
        return record_from_document(json.loads(path.read_bytes())).source is Source.REVIEW
    except (OSError, ValueError, RecursionError):
        return True


def _slug(name: str) -> str:
    """A file's name for a campaign's; names that would share one are told apart."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_SLUG_LENGTH].strip("-")
    return name if slug == name else f"{slug or 'campaign'}-{sha256(name.encode('utf-8', 'replace')).hexdigest()[:6]}"
