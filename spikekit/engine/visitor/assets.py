"""What a page asks for besides itself: same-host styles, scripts and images, over a browser's six connections."""

from __future__ import annotations

import re
from collections import deque
from functools import lru_cache

import gevent

from spikekit.engine.failure import RequestFailed, Stopped
from spikekit.engine.http.exchange import Reply
from spikekit.engine.http.freshness import Kept, kept
from spikekit.engine.http.reference import path_on
from spikekit.engine.plan import Host
from spikekit.engine.visitor.page import Here, Page
from spikekit.engine.visitor.session import Session, World
from spikekit.vocabulary import FailureKind

CONNECTIONS = 6
"""How many connections browsers open to one host over HTTP/1.1 (Chromium, Firefox and Safari alike)."""

_MAX_REDIRECTS = 5
_REMEMBERED_BYTES = 128 * 1024
"""Pages up to this size are looked through once for all visitors who are given the same."""

# Whatever a page holds is looked at once: no pattern here can begin again within what it passed over.
_TAG = re.compile(rb"<(base|link|script|img|source)\b([^<>]*)>", re.IGNORECASE)
_ADDRESS = re.compile(rb"""(?:^|[\s"'/])(?:href|src)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_RELATION = re.compile(rb"""(?:^|[\s"'/])rel\s*=\s*(?:"([^"]*)|'([^']*)|([^\s"'>]+))""", re.IGNORECASE)
_LOADED = frozenset({b"stylesheet", b"icon", b"preload", b"modulepreload"})
_TOO_LONG = frozenset({FailureKind.TIMEOUT, FailureKind.CONNECT_TIMEOUT})


def asset_targets(content: bytes, host: Host, path: str) -> tuple[str, ...]:
    """The same-host paths a browser would load for this page, each once, in the page's order.

    Left out: what scripts and styles load in their turn, and the choices of ``srcset``.
    """
    # No reference depends on the page's query, in which every visitor's mark is another.
    path = path.partition("?")[0]
    if len(content) > _REMEMBERED_BYTES:
        return _targets(content, host, path)
    return _remembered(content, host, path)


@lru_cache(maxsize=64)
def _remembered(content: bytes, host: Host, path: str) -> tuple[str, ...]:
    return _targets(content, host, path)


def _targets(content: bytes, host: Host, path: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    base = path.encode()
    for tag, attributes in _TAG.findall(_without_comments(content)):
        address = _ADDRESS.search(attributes)
        if address is None or (tag.lower() == b"link" and not _is_loaded(attributes)):
            continue
        reference = address.group(1).replace(b"&amp;", b"&")
        if tag.lower() == b"base":
            base = reference
            continue
        try:
            target = path_on(host, path, reference, base=base)
        except ValueError:
            continue  # a page may hold anything; a browser passes over what is no address
        if target is not None:
            found[target] = None
    return tuple(found)


def _without_comments(content: bytes) -> bytes:
    # By hand: a pattern would look for the end of every "<!--" anew.
    start = content.find(b"<!--")
    if start < 0:
        return content
    parts, end = [], 0
    while start >= 0:
        parts.append(content[end:start])
        end = content.find(b"-->", start + 4) + 3
        if end < 3:
            return b"".join(parts)
        start = content.find(b"<!--", end)
    return b"".join([*parts, content[end:]])


def _is_loaded(attributes: bytes) -> bool:
    relation = _RELATION.search(attributes)
    words = b"" if relation is None else b"".join(group or b"" for group in relation.groups())
    return not _LOADED.isdisjoint(words.lower().split())


def load_assets(
    world: World, session: Session, page: Page, content: bytes, here: Here, guise: int, deadline: float
) -> bool:
    """Load the page's assets; returns whether all were there, or had failed, in time. Raises ``Stopped``."""
    now = world.clock()
    targets = []
    for target in asset_targets(content, page.host, here[1]):
        known = session.kept.get((page.host.name, target)) if session.kept else None
        if known is None or known.fresh_until <= now:
            targets.append(target)
    return not targets or _Loading(world, session, page, targets, here, guise, deadline).run()


class _Loading:
    """One page's assets: a queue that up to six connections empty together."""

    def __init__(
        self, world: World, session: Session, page: Page, targets: list[str], here: Here, guise: int, deadline: float
    ) -> None:
        self._world = world
        self._session = session
        self._page = page
        self._queue = deque(targets)
        self._here = here
        self._guise = guise
        self._deadline = deadline
        self._in_time = True

    def run(self) -> bool:
        extra = min(CONNECTIONS, len(self._queue)) - 1
        greenlets = [gevent.spawn(self._empty_quietly) for _ in range(extra)]
        try:
            self._empty()
            gevent.joinall(greenlets)
        except BaseException:
            gevent.killall(greenlets, exception=Stopped, block=False)
            raise
        return self._in_time

    def _empty_quietly(self) -> None:
        try:
            self._empty()
        except Stopped:
            return

    def _empty(self) -> None:
        # Who has given up waiting asks for nothing more.
        while self._queue and self._in_time:
            self._load(self._queue.popleft())

    def _load(self, target: str) -> None:
        world, code = self._world, self._world.recorder.assets_code
        dispatched = world.now()
        # A browser queues what its six connections cannot take yet: that wait is the page's, not the generator's.
        intended = dispatched
        world.recorder.dispatch(code, intended, dispatched, False)
        try:
            reply = self._fetch(target)
            if reply.status >= 400:
                raise RequestFailed(FailureKind.STATUS, f"{reply.status} {target}")
        except RequestFailed as failed:
            detail = self._page.masked(failed.detail or target)
            world.recorder.failure(code, intended, dispatched, world.now(), failed.kind, detail)
            self._in_time = self._in_time and failed.kind not in _TOO_LONG
        else:
            world.recorder.answer(code, intended, dispatched, world.now())

    def _fetch(self, target: str) -> Reply:
        """The answer, after redirects within the host; one that leads elsewhere is the last."""
        session, host = self._session, self._page.host
        known = session.kept.get((host.name, target))
        asked = target
        for _ in range(_MAX_REDIRECTS + 1):
            reply = session.exchange(host, self._request(asked, known), deadline=self._deadline, wanted=0)
            if not 300 <= reply.status < 400 or reply.status == 304:
                break
            there = _within(host, asked, reply.header(b"location"))
            if there is None:
                return reply
            asked, known = there, None
        keep = kept(reply, self._world.clock(), known)
        if keep is not None:
            session.kept[host.name, target] = keep
        return reply

    def _request(self, target: str, known: Kept | None) -> bytes:
        cookies = self._session.cookies(self._page.host, target)
        conditions = known.conditions if known is not None else b""
        return self._page.asset(target, cookies, guise=self._guise, here=self._here, conditions=conditions)


def _within(host: Host, target: str, location: bytes | None) -> str | None:
    if location is None:
        return None
    try:
        return path_on(host, target, location)
    except ValueError:
        return None
