"""The document of a replay, ``spikekit.live/1``: seconds since 1970 as instants in UTC, requests per second."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from spikekit.live.spike import Spike
from spikekit.live.watch import Watch

SCHEMA = "spikekit.live/1"
_NOTHING = {"requests": 0, "failures": 0, "entries": 0, "peak_requests_per_second": 0.0}


def live_document(watch: Watch, heading: Mapping[str, Any]) -> dict[str, Any]:
    """The watch as plain JSON values, after the ``heading`` with which every document begins.

    ``sources`` has every watched campaign, in the order given, then the others, most requests first.
    """
    counted = watch.totals.document()
    campaigns = {name: counted.pop(name, _NOTHING) for name in watch.courses}
    return {
        **heading,
        "lines": watch.tally.lines,
        "skipped": dict(watch.tally.skipped),
        "sources": {**campaigns, **counted},
        "spikes": [_spike(watch, spike) for spike in watch.spikes],
        "gaps": [{"began": _instant(gap.began), "ended": _instant(gap.ended)} for gap in watch.tally.gaps.latest],
        "inferred": {
            name: {"entries": course.inferred, "expected": round(course.expected, 1)}
            for name, course in watch.courses.items()
        },
    }


def _spike(watch: Watch, spike: Spike) -> dict[str, Any]:
    return {
        "source": spike.source,
        "declared": spike.declared,
        "started": _instant(spike.started),
        "found": _instant(spike.found),
        "ended": _instant(spike.ended) if spike.ended is not None else None,
        "peak_requests_per_second": spike.peak_requests_per_second,
        "per_minute": round(spike.per_minute, 1),
        "usual_per_minute": round(spike.usual_per_minute, 1),
        "counted": spike.counted,
        "page": spike.page,
        "cause": watch.cause(spike),
        "kind": spike.kind.value,
        "reasons": list(spike.reasons),
    }


def _instant(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()
