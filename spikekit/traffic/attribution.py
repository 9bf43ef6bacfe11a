"""Entries → sources: UTM first, then referrer and click id, then landing page and time, then direct.

Campaigns are named only when declared; sites get names of their own only when they bring visitors, and a bounded number
of them, so that no visitor can add labels at will.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from spikekit.campaign.model import Campaign
from spikekit.traffic import source
from spikekit.traffic.agent import agent
from spikekit.traffic.frequent import Frequent
from spikekit.traffic.judgement import Judge, Judgement
from spikekit.traffic.referrer_table import THROUGH
from spikekit.traffic.referrers import Referrers, host_of
from spikekit.traffic.source import Sources
from spikekit.traffic.utm import campaign_of, click_id, network_of, utm
from spikekit.traffic.visits import agent_key

NONE, OWN, PASSED, STRANGE = -1, -2, -3, -4
"""No referrer; the site itself; a place of passage; a host that is in no table. Others are a source's number."""

MOST_CACHED = 20_000
"""Referrers, user agents and paths remembered; hostile visitors send new ones each time, then all are forgotten."""

NAMED_FROM = 20
"""Entries that a site must have brought lately before it gets a name of its own."""

REFERRERS_KEPT = 16
HOSTS_KEPT = 100
APART = "\x1f"
"""Between a campaign's id and the mark of a link, where links are told apart: no id has it."""

FADES_EVERY = 600
"""Every ten minutes the counts of referrers are halved: what is common now comes to the front."""


class Link(NamedTuple):
    """What a link says of where it was clicked. ``is_tagged``: it has ``utm_…`` parameters; ``told``: the campaign's or
    network's number if they name one; ``network``: that of the network whose click id it bears.
    """

    is_tagged: bool
    told: int | None
    network: int | None


PLAIN = Link(False, None, None)
"""A link without any marks."""


class Attribution:
    """Knows where an entry comes from. ``own_hosts`` are the site's: ``www.example.com`` means all of example.com.

    With ``marks`` the links of a campaign are told apart by their UTM source and medium: each is a source of its own,
    called by the campaign's id, ``APART`` and the mark, as long as there is room for its name.
    """

    def __init__(
        self,
        campaigns: Sequence[Campaign] = (),
        *,
        referrers: Referrers | None = None,
        own_hosts: Iterable[str] = (),
        inference: Judge | None = None,
        marks: bool = False,
    ) -> None:
        self._campaigns = tuple(campaigns)
        self._marks = marks
        self._referrers = referrers or Referrers()
        self._own: set[str] = set()
        self._own_prefixes: tuple[bytes, ...] = ()
        self._inference = inference
        self.sources = Sources([c.id for c in campaigns], self._referrers.names)
        numbers = self.sources.numbers
        self.unknown, self.crawlers = numbers[source.UNKNOWN], numbers[source.CRAWLERS]
        self._direct, self._other = numbers[source.DIRECT], numbers[source.OTHER]
        self._search, self._search_ads = numbers[source.SEARCH], numbers[source.SEARCH_ADS]
        self.referrers: dict[bytes, int] = {}
        self.agents: dict[bytes, tuple[int, int, int]] = {}
        self._links: dict[bytes, Link] = {}
        self._hosts = Frequent(HOSTS_KEPT)
        self.commonest: dict[int, Frequent] = {}
        self._faded = 0
        self.own(own_hosts)

    @property
    def knows_own_hosts(self) -> bool:
        return bool(self._own)

    def own(self, hosts: Iterable[str]) -> None:
        """These hosts are the site's, too."""
        self._own |= {host.lower().removeprefix("www.") for host in hosts}
        self._own_prefixes = tuple(
            f"{before}{host}/".encode()
            for host in self._own
            for before in ("https://www.", "https://", "http://www.", "http://")
        )
        self.referrers.clear()

    def look_at_agent(self, text: bytes) -> tuple[int, int, int]:
        """For a user agent not met lately: its machine's source or -1, its app's source or -1, its key in visits."""
        said = agent(text)
        numbers = self.sources.numbers
        found = (numbers.get(said.machine or "", -1), numbers.get(said.app or "", -1), agent_key(text))
        if len(self.agents) >= MOST_CACHED:
            self.agents.clear()
        self.agents[text] = found
        return found

    def look_at_referrer(self, text: bytes) -> int:
        """For a referrer not met lately: its source's number, or what else it is."""
        # The site's own referrers end in click ids, too, and are most of all.
        if text.startswith(self._own_prefixes):
            return OWN
        if len(self.referrers) >= MOST_CACHED:
            self.referrers.clear()
        self.referrers[text] = found = self._came_from(text)
        return found

    def _came_from(self, text: bytes) -> int:
        host = host_of(text)
        if host is None:
            return NONE
        if any(host == own or host.endswith(f".{own}") for own in self._own):
            return OWN
        name = self._referrers.named(host)
        if name == THROUGH:
            return PASSED
        return self.sources.numbers.get(name or host, STRANGE)

    def link(self, query: bytes) -> Link:
        """What a request's query says. Queries that differ in the click id at their end only are looked at once."""
        head = query[: query.rfind(b"=") + 1]
        found = self._links.get(head) or self._links.get(query)
        if found is None:
            if len(self._links) >= MOST_CACHED:
                self._links.clear()
            found = self._read(query)
            self._links[head if found.network is not None and not click_id(head) else query] = found
        return found

    def _read(self, query: bytes) -> Link:
        words, network = utm(query), click_id(query)
        campaign = campaign_of(words, self._campaigns)
        name = campaign or network_of(words, self._referrers)
        numbers = self.sources.numbers
        told = numbers.get(name or "")
        mark = " / ".join(said for part in ("source", "medium") if (said := words.get(part)))
        if campaign and self._marks and mark:
            # No room for a name: it is the campaign's all the same.
            told = self.sources.add(f"{campaign}{APART}{mark}") or told
        return Link(bool(words), told, numbers.get(network) if network else None)

    def entry(
        self, second: int, page: bytes, link: Link, came: int, referrer: bytes, app: int
    ) -> tuple[int, Judgement | None]:
        """The source of an entry, and how it was inferred where nothing declared it."""
        found = self._hinted(link, came, referrer, app) if link.told is None else link.told
        judged = None
        if link.told is None and self._inference is not None and self._inference.concerns(page):
            judged = self._inference.judge(second, page, self.sources.names[found])
            if judged is not None and judged.is_likely:
                found = self.sources.numbers[judged.campaign]
        if referrer and came != NONE:
            self._note(second, found, referrer)
        return found, judged

    def _hinted(self, link: Link, came: int, referrer: bytes, app: int) -> int:
        if link.network is not None and (came < 0 or (came, link.network) == (self._search, self._search_ads)):
            return link.network
        if came >= 0:
            return came
        if came == STRANGE:
            return self._strange(referrer)
        if app >= 0:
            return app
        # A link with unknown marks was clicked somewhere.
        return self._other if link.is_tagged else self._direct

    def _strange(self, referrer: bytes) -> int:
        host = host_of(referrer) or ""
        count = self._hosts.add(host.encode())
        if count >= NAMED_FROM and count - self._hosts.doubt >= NAMED_FROM:
            number = self.sources.add(host)
            if number is not None:
                self.referrers.clear()
                return number
        return self._other

    def _note(self, second: int, number: int, referrer: bytes) -> None:
        if second - self._faded > FADES_EVERY:
            self._faded = second
            for kept in (self._hosts, *self.commonest.values()):
                kept.fade(0.5)
        if number not in self.commonest:
            self.commonest[number] = Frequent(REFERRERS_KEPT)
        self.commonest[number].add(referrer)

    def referrers_of(self, name: str, most: int = 5) -> list[tuple[str, float]]:
        """The commonest whole referrers of a source lately, most first, with their fading counts."""
        kept = self.commonest.get(self.sources.numbers.get(name, -1))
        return kept.top(most) if kept else []

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs, as plain JSON values."""
        return {
            "names": self.sources.names,
            "hosts": _plain(self._hosts.counts),
            "commonest": {self.sources.names[n]: _plain(kept.counts) for n, kept in self.commonest.items()},
            "faded": self._faded,
            "own": sorted(self._own),
            "inference": self._inference.state() if self._inference else {},
        }

    def restore(self, state: Mapping[str, Any]) -> list[int]:
        """Go on from a state; returns this attribution's number for each of its sources' numbers then."""
        numbers = [self._number_then(name) for name in state["names"]]
        self._hosts = Frequent(HOSTS_KEPT, _counts(state["hosts"]))
        for name, counts in state["commonest"].items():
            self.commonest[self.sources.numbers.get(name, self._other)] = Frequent(REFERRERS_KEPT, _counts(counts))
        self._faded = state["faded"]
        self.own(state["own"])
        if self._inference:
            self._inference.restore(state["inference"])
        return numbers

    def _number_then(self, name: str) -> int:
        # A campaign that is not watched any more is a stranger now.
        known = self.sources.numbers.get(name)
        if known is None and "." in name:
            known = self.sources.add(name)
        return self._other if known is None else known


def _plain(counts: Mapping[bytes, float]) -> dict[str, float]:
    return {name.decode("latin-1"): count for name, count in counts.items()}


def _counts(plain_counts: Mapping[str, float]) -> dict[bytes, float]:
    return {name.encode("latin-1"): count for name, count in plain_counts.items()}
