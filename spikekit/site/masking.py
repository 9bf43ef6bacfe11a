"""What a server repeats of our secrets is shown by their names only."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

from spikekit.site.model import Secret


def secrets_of(headers: Iterable[tuple[str, str | Secret]], environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Values with their names, the longest first: as they are, and as servers write them into links, JSON and logs.

    The bare token of ``Bearer TOKEN`` counts too, for a server may repeat just that.
    """
    named = [(environ[v.name], v.name) for _, v in headers if isinstance(v, Secret) and environ.get(v.name)]
    parts = {(part, name) for value, name in named for part in (value, *value.split()[-1:]) if len(part) > 3}
    written = {(form, name) for part, name in parts for form in _forms(part)}
    return tuple(sorted(written, key=lambda pair: (-len(pair[0]), pair)))


def _forms(part: str) -> tuple[str, ...]:
    plain = part.encode()
    return part, quote(part), quote(part, safe=""), quote_plus(part), json.dumps(part)[1:-1], b64encode(plain).decode()


def mask(text: str, secrets: Iterable[tuple[str, str]]) -> str:
    """``text`` from outside, with names in place of the values of ``secrets_of``."""
    for value, name in secrets:
        text = text.replace(value, f"env:{name}")
    return text
