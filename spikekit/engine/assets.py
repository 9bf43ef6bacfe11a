"""What a page asks for besides itself: same-host styles, scripts and images, over a browser's six connections."""

from __future__ import annotations

import re
from collections import deque

import gevent

from spikekit.engine.failure import RequestFailed, Stopped
from spikekit.engine.plan import Host
from spikekit.engine.reference import path_on
from spikekit.engine.script import Page
from spikekit.engine.session import Session, World
from spikekit.vocabulary import FailureKind

CONNECTIONS = 6
"""How many connections browsers open to one host over HTTP/1.1 (Chromium, Firefox and Safari alike)."""

# Whatever a page holds is looked at once: no pattern here can begin again within what it passed over.
_TAG = re.compile(rb"<(link|script|img|source)\b([^<>]*)>", re.IGNORECASE)
_ADDRESS = re.compile(rb"""\b(?:href|src)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_RELATION = re.compile(rb"""\brel\s*=\s*(?:"([^"]*)|'([^']*)|([^\s"'>]+))""", re.IGNORECASE)
_LOADED = frozenset({b"stylesheet", b"icon", b"preload", b"modulepreload"})


def asset_targets(content: bytes, host: Host, path: str) -> list[str]:
    """The same-host paths a browser would load for this page, each once, in the page's order."""
    found: dict[str, None] = {}
    for tag, attributes in _TAG.findall(content):
        if tag.lower() == b"link" and not _is_loaded(attributes):
            continue
        address = _ADDRESS.search(attributes)
        if address is None:
            continue
        try:
            target = path_on(host, path, address.group(1).replace(b"&amp;", b"&"))
        except ValueError:
            continue  # a page may hold anything; a browser passes over what is no address
        if target is not None:
            found[target] = None
    return list(found)


def _is_loaded(attributes: bytes) -> bool:
    relation = _RELATION.search(attributes)
    words = b"" if relation is None else b"".join(group or b"" for group in relation.groups())
    return not _LOADED.isdisjoint(words.lower().split())


def load_assets(world: World, session: Session, page: Page, content: bytes, path: str) -> None:
    """Load the page's assets and return when all are there or have failed. Raises ``Stopped``."""
    targets = asset_targets(content, page.host, path)
    if targets:
        _Loading(world, page, targets).run(session)


class _Loading:
    """One page's assets: a queue that the visitor's own connection and up to five more empty together."""

    def __init__(self, world: World, page: Page, targets: list[str]) -> None:
        self._world = world
        self._page = page
        self._queue = deque(targets)
        self._greenlets: list[gevent.Greenlet] = []

    def run(self, session: Session) -> None:
        extra = min(CONNECTIONS - 1, len(self._queue) - 1)
        self._greenlets = [gevent.spawn(self._own_connection) for _ in range(extra)]
        try:
            self._empty(session)
            gevent.joinall(self._greenlets)
        except BaseException:
            gevent.killall(self._greenlets, exception=Stopped, block=False)
            raise

    def _own_connection(self) -> None:
        session = Session(self._world)
        try:
            self._empty(session)
        except Stopped:
            return
        finally:
            session.close()

    def _empty(self, session: Session) -> None:
        while self._queue:
            self._load(session, self._queue.popleft())

    def _load(self, session: Session, target: str) -> None:
        world, code = self._world, self._world.recorder.assets_code
        dispatched = world.now()
        # A browser queues what its six connections cannot take yet: that wait is the page's, not the generator's.
        intended = dispatched
        world.recorder.dispatch(code, intended, dispatched, False)
        request = self._page.follow("GET", target, session.cookies(self._page.host))
        deadline = world.clock() + world.habits.patience.likely
        try:
            reply = session.exchange(self._page.host, request, deadline=deadline, wanted=0)
            if reply.status >= 400:
                raise RequestFailed(FailureKind.STATUS, f"{reply.status} {target}")
        except RequestFailed as failed:
            world.recorder.failure(code, intended, dispatched, world.now(), failed.kind, failed.detail)
        else:
            world.recorder.answer(code, intended, dispatched, world.now())
