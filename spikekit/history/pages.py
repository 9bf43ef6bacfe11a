"""What a page of the site costs, as searches for capacity counted it on its targets."""

from __future__ import annotations

import json
from pathlib import Path

from spikekit.forecast.priors import REQUESTS_PER_LANDING, Figure, Tag
from spikekit.history.folder import RunFolder, run_folders
from spikekit.readiness.evidence import Evidence, from_capacity
from spikekit.readiness.unit import landing_requests
from spikekit.site.model import Site
from spikekit.vocabulary import Range, RunKind


def measured_landing(state: Path, site: Site | None) -> Figure:
    """Requests of a page with all it needs: as the newest search of one of the site's targets counted; else the prior.

    A search of a page without its files tells nothing of them. The unreadable is passed over.
    """
    if site is None:
        return REQUESTS_PER_LANDING
    found = [e for f in run_folders(state) if (e := _search(f)) is not None and site.target(e.target)]
    for search in sorted(found, key=lambda e: e.created, reverse=True):
        requests = landing_requests(search, site)
        if requests is not None:
            source = f"counted on {search.target} by spikekit capacity, {search.created:%-d %B %Y}"
            return Figure(range=Range.exact(requests), source=source, tag=Tag.COMPUTED)
    return REQUESTS_PER_LANDING


def _search(folder: RunFolder) -> Evidence | None:
    begun = folder.name_parts()
    if begun is not None and begun[1] is not RunKind.CAPACITY:
        return None
    try:
        return from_capacity(json.loads(folder.document_file.read_bytes()))
    except (OSError, ValueError):
        return None
