"""What editors need to help while a file is typed: the two JSON Schemas, and the line that names one."""

from __future__ import annotations

import json

from spikekit.campaign.declared import CampaignFile
from spikekit.files.json_schema import DIALECT, JsonSchema
from spikekit.files.schema import Record
from spikekit.site.declared import SiteFile

RECORDS: dict[str, type[Record]] = {"campaign": CampaignFile, "site": SiteFile}

FOLDER = ".spikekit-schema"
"""Where ``init`` puts them in a project; the starter's files name them there."""


def schema_document(kind: str) -> JsonSchema:
    """The schema of ``campaign`` or ``site`` files as a whole document."""
    return {"$schema": DIALECT, "title": f"spikekit: {RECORDS[kind].noun}", **RECORDS[kind].schema()}


def schema_text(kind: str) -> str:
    """The same as the text of a file."""
    return json.dumps(schema_document(kind), indent=1, ensure_ascii=False) + "\n"
