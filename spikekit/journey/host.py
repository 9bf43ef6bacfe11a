"""Which of the hosts in a recording is the site."""

from __future__ import annotations

from collections import Counter

from spikekit.errors import UsageError
from spikekit.files.echo import quoted, suggestion
from spikekit.journey.kind import Kind, kind_of
from spikekit.journey.recording import Recording
from spikekit.wording import plural

MAX_NAMED = 8
"""Hosts named in a message: a page may draw on a hundred."""


def site_host(recording: Recording, wanted: str | None = None) -> str:
    """The host (with its port, where that is not the scheme's own) that most pages came from, or the wanted one.

    Without pages the one most calls went to. Raises ``UsageError`` when there is none, or the wanted one is not there.
    """
    hosts = Counter(e.url.host for e in recording.exchanges if e.url.scheme in ("http", "https"))
    if wanted is not None:
        return _wanted(wanted, hosts)
    for kind in (Kind.PAGE, Kind.CALL):
        # Counter keeps first come first, so of two equals the earlier is chosen.
        count = Counter(e.url.host for e in recording.exchanges if kind_of(e) is kind)
        if count:
            return count.most_common(1)[0][0]
    raise UsageError(
        "the recording opens no page and calls no API, so there is no journey in it",
        hint="record again with the developer tools open before the first page",
    )


def _wanted(wanted: str, hosts: Counter[str]) -> str:
    name = wanted.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/")
    # Without its port a host is meant as well, if there is only one of the name.
    meant = [host for host in hosts if host == name] or [host for host in hosts if host.rpartition(":")[0] == name]
    if len(meant) == 1:
        return meant[0]
    listed = ", ".join(f"{host} ({plural(count, 'request')})" for host, count in hosts.most_common(MAX_NAMED))
    near = suggestion(name, [host for host, _ in hosts.most_common()]) if "." in name else ""
    near = near if near.startswith("; did you mean") else ""
    raise UsageError(
        f"no request of the recording went to {quoted(wanted)}{near}", hint=f"recorded were {listed or 'no hosts'}"
    )
