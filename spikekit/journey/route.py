"""The walk as steps can say it: from the landing page on, only what a step can send."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from spikekit.journey.body import Unsendable, request_of
from spikekit.journey.pause import Pause, pauses
from spikekit.journey.slot import Request
from spikekit.journey.walk import Stop, Walk

MAX_STEPS = 200
MAX_LETTERS = 120_000
"""Of all that steps send, as JSON: a site file may be 256 kB, and other journeys want room in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One step to be: the stop, what it sends, the pause before it. The landing page is the campaign's to name."""

    stop: Stop
    request: Request
    pause: Pause
    is_landing: bool = False


def legs_of(walk: Walk) -> list[Leg]:
    """The legs of a walk; what is not among them is added to ``walk.left_out``.

    The first GET of a page is the landing page. Without any, every call is a leg.
    """
    sendable = [pair for stop in walk.stops if (pair := _sendable(walk, stop)) is not None]
    landing = next((i for i, (stop, _) in enumerate(sendable) if stop.is_page and stop.asked.method == "GET"), None)
    if landing:
        walk.left_out["requests before the first page"] += landing
    kept = _bounded(walk, sendable[landing or 0 :])
    before = pauses([stop for stop, _ in kept])
    return [
        Leg(stop=stop, request=request, pause=pause, is_landing=landing is not None and i == 0)
        for i, ((stop, request), pause) in enumerate(zip(kept, before, strict=True))
    ]


def _sendable(walk: Walk, stop: Stop) -> tuple[Stop, Request] | None:
    try:
        return stop, request_of(stop.asked)
    except Unsendable as reason:
        walk.left_out[str(reason)] += 1
        return None


def _bounded(walk: Walk, pairs: Sequence[tuple[Stop, Request]]) -> list[tuple[Stop, Request]]:
    kept: list[tuple[Stop, Request]] = []
    letters = 0
    for stop, request in pairs:
        letters += len(json.dumps((stop.asked.url.target, request.form, request.json)))
        if len(kept) == MAX_STEPS or letters > MAX_LETTERS:
            break
        kept.append((stop, request))
    if len(kept) < len(pairs):
        walk.left_out["requests beyond what one journey can hold"] += len(pairs) - len(kept)
    return kept
