"""``--spike 'crowd 10/s at 20m for 10m from https://t.co/Qx1a on /books/42'``, as a parameter of the command line."""

from __future__ import annotations

import random
from typing import Any

import click

from spikekit.errors import UsageError
from spikekit.files.echo import quoted, suggestion
from spikekit.files.value import DURATION, PER_SECOND
from spikekit.live.drill import Surprise
from spikekit.live.spike import SpikeKind

KINDS = (SpikeKind.CROWD.value, SpikeKind.BOTS.value, SpikeKind.ATTACK.value)
USUAL_PER_SECOND = {SpikeKind.CROWD: 10.0, SpikeKind.BOTS: 30.0, SpikeKind.ATTACK: 60.0}
USUAL_LASTS = 600.0
_EXAMPLE = "such as: --spike 'crowd 10/s at 20m for 10m from https://t.co/Qx1a on /books/42'"


def surprises(texts: tuple[str, ...], seed: int, after: float, *, page: str) -> list[Surprise]:
    """The undeclared spikes, on ``page`` or another; what is not said is usual or drawn. Raises ``UsageError``."""
    chance = random.Random(f"spikes/{seed}")
    return [_surprise(text, chance.uniform(0.1, 0.6) * after, page) for text in texts]


def _surprise(text: str, at: float, page: str) -> Surprise:
    kind, *words = text.split() or [""]
    if kind not in KINDS:
        raise UsageError(f"a spike is {', '.join(KINDS)}; found {quoted(kind)}{suggestion(kind, KINDS)}", hint=_EXAMPLE)
    known = SpikeKind(kind)
    said: dict[str, Any] = {"kind": known, "per_second": USUAL_PER_SECOND[known], "at": at, "lasts": USUAL_LASTS}
    said["page"] = page
    if words and words[0] not in _WORDS:
        said["per_second"] = _read("rate", PER_SECOND, words.pop(0).removesuffix("/s"))
    if len(words) % 2:
        raise UsageError(f"{quoted(words[-1])} in --spike has nothing after it", hint=_EXAMPLE)
    for word, value in zip(words[::2], words[1::2], strict=True):
        if word not in _WORDS:
            raise UsageError(f"{quoted(word)} is no word of a spike{suggestion(word, _WORDS)}", hint=_EXAMPLE)
        name = _WORDS[word]
        said[name] = _read(word, DURATION, value) if name in ("at", "lasts") else value
    return Surprise(**said)


_WORDS = {"at": "at", "for": "lasts", "from": "referrer", "on": "page"}


def _read(what: str, written: Any, text: str) -> float:
    try:
        return float(written.parse(text))
    except ValueError:
        raise click.BadParameter(f"expected {written.expected} for {what} in --spike, found {quoted(text)}") from None
