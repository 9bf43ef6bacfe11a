"""The hosts of the site itself, learned from its log: style sheets and pictures are asked for by its own pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from spikekit.traffic.page import page
from spikekit.traffic.referrers import host_of
from spikekit.traffic.row import Row

LEAST_SHARE = 0.5
LOOKED_AT = 5_000


def seen_in(rows: Iterable[Row]) -> list[str]:
    """The host from whose pages most of the page parts among the rows were loaded; none when no host has a half."""
    hosts: Counter[str] = Counter()
    for _, (_, _, _, path, _, _, referrer, _, _) in zip(range(LOOKED_AT), rows, strict=False):
        host = host_of(referrer) if path and not page(path) else None
        if host is not None:
            hosts[host] += 1
    most = hosts.most_common(1)
    return [most[0][0]] if most and most[0][1] >= LEAST_SHARE * hosts.total() else []
