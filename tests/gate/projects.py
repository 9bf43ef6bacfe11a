"""Projects before the gate: a site whose capacity is known from a file, and campaigns of every standing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.readiness.cases import capacity_document

SITE = """\
version: 1
site: bookshop
production: {url: "https://www.example.com"}
targets:
  staging:
    url: http://127.0.0.1:9
    consent: private
    capacity_ratio: 25%
    headers: {Authorization: "env:A_SECRET_THAT_IS_NOT_SET"}
clearance: {survival: 95%}
journeys:
  look: {steps: [{get: "{landing}"}]}
"""


def site(folder: Path, text: str = SITE) -> Path:
    """The project's ``site.yaml``."""
    file = folder / "site.yaml"
    file.write_text(text)
    return file


def campaign(
    folder: Path,
    name: str = "fry",
    *,
    audience: str = "50k",
    days: float = 7,
    status: str = "confirmed",
    more: str = "",
) -> Path:
    """A campaign file whose launch is ``days`` from now, told on its sixth line."""
    launch = (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")
    file = folder / f"{name}.yaml"
    file.write_text(
        f"version: 1\nname: The {name} post\nid: {name}\nstatus: {status}\n# when\nlaunch: {launch}\n"
        f"timezone: UTC\nlanding: /books\njourney: look\nchannels:\n"
        f"  - {{kind: brand_post, audience: {audience}}}\n{more}"
    )
    return file


def measured(rate: float = 20.0, *, days_ago: float = 1, **more: Any) -> dict[str, Any]:
    """A search on staging that found ``rate`` visitors/s, so long ago."""
    created = (datetime.now(UTC) - timedelta(days=days_ago)).isoformat(timespec="seconds")
    return capacity_document(rate=rate, requests_per_visitor=1.0, created=created, **more)


def exported(file: Path, *documents: dict[str, Any]) -> Path:
    """The documents as ``runs export`` writes them."""
    file.write_text(json.dumps({"schema": "spikekit.evidence/1", "documents": documents}))
    return file
