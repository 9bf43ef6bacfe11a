"""Secrets: ``env:NAME`` in a header becomes the variable's value at the last moment, and is never shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from spikekit.errors import UsageError
from spikekit.files.echo import is_control
from spikekit.site.model import Secret


class Revealed(str):
    """A secret's value. Its ``repr`` names the variable, so that no log, traceback or report shows it by accident."""

    name: str

    def __new__(cls, value: str, name: str) -> Revealed:
        self = super().__new__(cls, value)
        self.name = name
        return self

    def __repr__(self) -> str:
        return f"env:{self.name}"


def resolve(headers: Iterable[tuple[str, str | Secret]], environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The headers with every secret's value from ``environ``.

    Raises ``UsageError`` naming all variables that are missing, empty or could not stand in a header.
    """
    pairs = list(headers)
    names = dict.fromkeys(value.name for _, value in pairs if isinstance(value, Secret))
    missing = [n for n in names if not environ.get(n)]
    broken = [n for n in names if n not in missing and any(is_control(c) for c in environ[n])]
    if missing or broken:
        raise UsageError(
            "; ".join(
                [f"the environment variable {n} is not set" for n in missing]
                + [f"the environment variable {n} holds a line break or control character" for n in broken]
            ),
            hint=f"export {' '.join(f'{n}=…' for n in [*missing, *broken])} before running this again",
        )
    return tuple((h, Revealed(environ[v.name], v.name) if isinstance(v, Secret) else v) for h, v in pairs)
