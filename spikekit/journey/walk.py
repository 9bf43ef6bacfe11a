"""The walk through the site: its pages and calls in order, redirects folded; and all else, counted."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

from spikekit.journey.entry import url_of
from spikekit.journey.kind import Kind, kind_of
from spikekit.journey.recording import Exchange, Recording, Url

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUST = re.compile(r"[?&][^=&]*=\d{10,}(?=&|\Z)")
"""A query's clock reading, by which scripts get past caches: the same call for all that."""

REASONS = {
    Kind.FRAME: "frames inside pages",
    Kind.BEACON: "reports that pages send about their visitors",
    Kind.SOCKET: "sockets and streams, which stay open",
    Kind.PREFETCH: "pages fetched ahead",
    Kind.PREFLIGHT: "browsers' own questions before a call (OPTIONS)",
    Kind.INTERNAL: "addresses inside the browser",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One page or call. ``asked`` is what was sent, ``answered`` the exchange that brought the last answer.

    They differ when redirects lie between. ``assets``: how many assets of the same host it fetched over the network.
    """

    kind: Kind
    asked: Exchange
    answered: Exchange
    assets: int = 0

    @property
    def is_page(self) -> bool:
        return self.kind is Kind.PAGE


@dataclass(slots=True, kw_only=True)
class Walk:
    """Where the visitor went, and what was left out: other hosts with their requests, reasons with theirs."""

    stops: list[Stop] = field(default_factory=list)
    other_hosts: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    assets: int = 0
    folded: int = 0


def walk_through(recording: Recording, host: str) -> Walk:
    """Every page and call of ``host``, in order."""
    return _Walker(recording, host).walk()


class _Walker:
    def __init__(self, recording: Recording, host: str) -> None:
        self._exchanges = recording.exchanges
        self._host = host
        self._walk = Walk()
        self._folded: set[int] = set()
        self._called: set[str] = set()

    def walk(self) -> Walk:
        for index, exchange in enumerate(self._exchanges):
            if index not in self._folded:
                self._take(index, exchange)
        return self._walk

    def _take(self, index: int, exchange: Exchange) -> None:
        walk, kind = self._walk, kind_of(exchange)
        if kind in REASONS:
            walk.left_out[REASONS[kind]] += 1
        elif exchange.url.host != self._host:
            walk.other_hosts[exchange.url.host] += 1
        elif kind is Kind.ASSET:
            self._asset(exchange)
        else:
            self._stop(index, exchange, kind)

    def _asset(self, exchange: Exchange) -> None:
        self._walk.assets += 1
        page = next((i for i in reversed(range(len(self._walk.stops))) if self._walk.stops[i].is_page), None)
        if page is not None and not exchange.cached:
            self._walk.stops[page] = replace(self._walk.stops[page], assets=self._walk.stops[page].assets + 1)

    def _stop(self, index: int, exchange: Exchange, kind: Kind) -> None:
        asked, answered = self._follow(index, exchange)
        reason = self._refusal(kind, asked, answered)
        if reason is not None:
            self._walk.left_out[reason] += 1
            return
        if kind is Kind.PAGE:
            self._called.clear()
        self._walk.stops.append(Stop(kind=kind, asked=asked, answered=answered))

    def _refusal(self, kind: Kind, asked: Exchange, answered: Exchange) -> str | None:
        status = answered.answer.status
        if status == 0:
            return "requests that were never answered"
        if status is not None and status >= 400:
            return f"requests that failed when they were recorded (status {status})"
        if kind is Kind.CALL and asked.method == "GET":
            call = _BUST.sub("", f"?{asked.url.query}") + asked.url.path
            if call in self._called:
                return "calls that the same page repeats"
            self._called.add(call)
        return None

    def _follow(self, index: int, first: Exchange) -> tuple[Exchange, Exchange]:
        """What was asked for, and the last answer after the redirects within the site."""
        asked = answered = first
        while (there := _redirect(answered)) is not None and there.host == self._host:
            following = next(
                (
                    i
                    for i in range(index + 1, len(self._exchanges))
                    if i not in self._folded and self._exchanges[i].url == there
                ),
                None,
            )
            if following is None:
                break
            self._folded.add(following)
            self._walk.folded += 1
            index, before, answered = following, answered, self._exchanges[following]
            if before is asked and _only_became_safe(before.url, there):
                # http became https: visitors are sent to where the target is.
                asked = answered
        return asked, answered


def _redirect(exchange: Exchange) -> Url | None:
    location = exchange.answer.location
    if exchange.answer.status not in REDIRECTS or location is None:
        return None
    try:
        return url_of(urljoin(str(exchange.url), location))
    except ValueError:
        return None


def _only_became_safe(before: Url, after: Url) -> bool:
    return (before.scheme, after.scheme, before.target) == ("http", "https", after.target)


def leads_elsewhere(stop: Stop, host: str) -> bool:
    """Whether the last answer is a redirect that leaves the site: it is expected, not followed."""
    there = _redirect(stop.answered)
    return there is not None and there.host != host
