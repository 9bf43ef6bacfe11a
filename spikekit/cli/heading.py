"""The keys with which every JSON document begins."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from spikekit import __version__


def heading(schema: str, *, created: datetime, seed: int, inputs: dict[str, str]) -> dict[str, Any]:
    """``schema``, ``id``, ``created``, ``tool_version``, ``seed``, ``label`` and ``inputs`` (file: SHA-256).

    The id tells the document's kind, its second and what it was made from.
    """
    kind = schema.removeprefix("spikekit.").split("/")[0]
    mark = sha256(repr(sorted(inputs.items())).encode()).hexdigest()[:8]
    return {
        "schema": schema,
        "id": f"{kind}-{created:%Y%m%dT%H%M%SZ}-{mark}",
        "created": created.isoformat(timespec="seconds"),
        "tool_version": __version__,
        "seed": seed,
        "label": None,
        "inputs": inputs,
    }
