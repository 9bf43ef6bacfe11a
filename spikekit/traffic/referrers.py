"""Referrers → sources: the built-in table, and what a site's ``referrers.yaml`` adds to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from spikekit.errors import FileProblems
from spikekit.files.parse import parse_file
from spikekit.files.schema import ListOf, MapOf, Written
from spikekit.files.tree import Place
from spikekit.traffic import source
from spikekit.traffic.referrer_table import HOSTS, SEARCH_ENGINES, THROUGH

_HOST = re.compile(rb"(?:[a-z][a-z0-9+.-]*:)?//(?:[^/@?#\s]*@)?(\[[0-9a-f:.]+\]|[^/:?#\s\\]+)", re.IGNORECASE)


def host_of(referrer: bytes) -> str | None:
    """The host of a referrer, comparable (lower case, no port, no ``www.``); ``None`` where there is none."""
    found = _HOST.match(referrer)
    if found is None:
        return None
    host = found[1].decode("utf-8", "replace").lower().strip(".")
    return host.removeprefix("www.") or None


@dataclass(frozen=True, slots=True)
class Referrers:
    """A table of hosts. A host stands for its subdomains, the longest that fits counts."""

    hosts: Mapping[str, str] = field(default_factory=lambda: HOSTS)

    def named(self, host: str) -> str | None:
        """The source a host belongs to; ``None`` for one that is in no table."""
        labels = host.split(".")
        for start in range(len(labels) - 1):
            name = self.hosts.get(".".join(labels[start:]))
            if name is not None:
                return name
        # google.co.uk and google.com.au: the engine's name before an ending of one or two short labels.
        ending = labels[-3:] if len(labels) >= 3 and len(labels[-2]) <= 3 else labels[-2:]
        return source.SEARCH if ending[0] in SEARCH_ENGINES and len(ending) > 1 else None

    @property
    def names(self) -> tuple[str, ...]:
        """Every source of the table once."""
        return tuple(name for name in dict.fromkeys(self.hosts.values()) if name != THROUGH)

    def and_own(self, hosts: Iterable[tuple[str, str]]) -> Referrers:
        """This table with more hosts; what is given here wins."""
        return Referrers({**self.hosts, **dict(hosts)})


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,62}", text):
        raise ValueError("")
    return text


def _host(text: str) -> str:
    host = text.lower().removeprefix("www.").strip(".")
    if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+", host):
        raise ValueError("no https:// and no path")
    return host


NAME = Written("a source's name such as partner_news", _name)
HOST = Written("a host such as news.example.com", _host)
_TABLE = MapOf(NAME, ListOf(HOST, least=1, single=True), least=1, most=150)


def load_referrers(path: Path) -> Referrers:
    """The built-in table with what a file such as ``partner_news: [news.example.com]`` adds or changes.

    Raises ``FileProblems`` with every problem of the file.
    """
    node, reading = parse_file(path)
    table = _TABLE.read(Place(node, "", reading)) if node is not None else None
    if reading.problems or table is None:
        raise FileProblems(reading.sorted())
    return Referrers().and_own((host, name) for name, hosts in table for host in hosts)
