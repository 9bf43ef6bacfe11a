"""What a server repeats of our secrets is shown by their names only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from spikekit.site.model import Secret


def secrets_of(headers: Iterable[tuple[str, str | Secret]], environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Values with their names, and the bare token of ``Bearer TOKEN`` too, for a server may repeat just that."""
    named = [(environ[v.name], v.name) for _, v in headers if isinstance(v, Secret)]
    return tuple((part, name) for value, name in named for part in (value, *value.split()[-1:]) if len(part) > 3)


def mask(text: str, secrets: Iterable[tuple[str, str]]) -> str:
    """``text`` from outside, with names in place of the values of ``secrets_of``."""
    for value, name in secrets:
        text = text.replace(value, f"env:{name}")
    return text
