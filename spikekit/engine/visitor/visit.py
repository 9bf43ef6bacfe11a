"""One visitor's way through a journey: open a page, read, think, go on or give up."""

from __future__ import annotations

import random
from hashlib import blake2b
from struct import Struct
from typing import Any

import gevent

from spikekit.engine.failure import RequestFailed
from spikekit.engine.http.exchange import MAX_TEXT_BYTES, Reply
from spikekit.engine.visitor.assets import load_assets
from spikekit.engine.visitor.browser import TICKETS
from spikekit.engine.visitor.page import Here, Page
from spikekit.engine.visitor.patience import patience_of
from spikekit.engine.visitor.pause import pause_seconds
from spikekit.engine.visitor.request import target_of
from spikekit.engine.visitor.script import Script
from spikekit.engine.visitor.session import Session, World
from spikekit.engine.visitor.template import Values
from spikekit.vocabulary import FailureKind

_EXAMPLE_BYTES = 2000
"""Of a failed answer's body: more than an example shows, so that no secret in it is cut before it is masked."""

_BLOCKING = frozenset({403, 429})
_TOO_LONG = frozenset({FailureKind.TIMEOUT, FailureKind.CONNECT_TIMEOUT})
_RELOADED = ("GET", "HEAD")
"""What people ask for again without a second thought. A form sent twice would be more than the run announced."""

_pack = Struct("<d").pack


class Visit:
    """A visitor. ``waiting`` is the step's code and the intended instant of the page being waited for, if any.

    ``late`` tells whether some page took longer than any latency objective allows. All luck of a visitor (guise, mark,
    patience, pauses, rows) follows from the stream's key and the visitor's instant: whoever sends it, whenever.
    """

    __slots__ = (
        "_guise",
        "_here",
        "_intended",
        "_key",
        "_mark",
        "_own_luck",
        "_session",
        "_values",
        "_world",
        "greenlet",
        "late",
        "patience_seconds",
        "waiting",
    )

    def __init__(self, world: World) -> None:
        self._world = world
        self._session = Session(world)
        self._values: Values = {}
        self._guise = 0
        self._mark = b""
        self._here: Here | None = None
        self._own_luck: random.Random | None = None
        self.greenlet: Any = None
        self.waiting: tuple[int, float] | None = None
        self.late = False

    def walk(self, script: Script, pages: int, intended: float) -> None:
        """Open ``pages`` pages in turn, the first one intended at that instant. Raises what ended the visit early."""
        self.come(script, intended)
        last = pages - 1
        try:
            for number, page in enumerate(script.pages[:pages]):
                if page.pause is not None and number:
                    intended += pause_seconds(page.pause, self._luck)
                    self._rest(intended)
                if page.rows is not None:
                    self._values = {**self._values, **page.rows.take(self._luck)}
                intended = self._open(page, intended, first=number == 0, last=number == last)
        finally:
            self._session.close()

    def come(self, script: Script, intended: float) -> None:
        """Become the visitor of that instant."""
        manner = script.manner
        self._key, self._intended = manner.key, intended
        # A multiplicative hash: instants a thousandth of a second apart draw unlike tickets.
        self._guise = manner.tickets[(int(intended * 1e9) * 2_654_435_769 >> 20) % TICKETS]
        self._values = script.values
        if manner.click_id is not None:
            self._mark = manner.click_id.value(blake2b(manner.key + _pack(intended)).digest())
            if len(script.pages) > 1 or script.pages[0].marked is None:
                self._values = {**script.values, "landing": manner.landing + self._mark.decode()}
        patience = self._world.habits.patience
        self.patience_seconds = patience.likely if patience.is_exact else patience_of(patience, self._luck)

    @property
    def _luck(self) -> random.Random:
        if self._own_luck is None:
            seed = blake2b(self._key + _pack(self._intended), person=b"luck", digest_size=16).digest()
            self._own_luck = random.Random(seed)
        return self._own_luck

    def _rest(self, until: float) -> None:
        pause = until - self._world.now()
        if pause > 0:
            self._session.rest()
            gevent.sleep(pause)

    def _open(self, page: Page, intended: float, *, first: bool, last: bool) -> float:
        """Ask for one page, judge the answer and load what it needs; returns the instant all of it was there."""
        world = self._world
        gives_up = world.start + intended + self.patience_seconds
        reply = self._patiently(page, intended, gives_up, first=first)
        if page.step.assets == "auto":
            self._here = page.host, target_of(reply.asked)
            if not load_assets(world, self._session, page, reply.content(), self._here, self._guise, gives_up):
                raise RequestFailed(FailureKind.TIMEOUT, "the page was not whole in time")
        elif last:
            return intended  # nobody goes on from here
        else:
            self._here = page.host, target_of(reply.asked)
        return world.now()

    def _patiently(self, page: Page, intended: float, gives_up: float, *, first: bool) -> Reply:
        """The right answer, perhaps to a later one of several requests. Raises how the last one failed."""
        world = self._world
        reload = world.habits.reload if page.step.method in _RELOADED else None
        left = reload.times if reload is not None else 0
        while True:
            dispatched = world.now()
            world.recorder.dispatch(page.code, intended, dispatched, first)
            self.waiting = page.code, intended
            deadline = gives_up
            if reload is not None and left:
                deadline = min(world.start + intended + reload.after_seconds, gives_up)
            try:
                reply = self._asked_and_judged(page, deadline)
            except RequestFailed as failed:
                done = world.now()
                world.recorder.failure(page.code, intended, dispatched, done, failed.kind, page.masked(failed.detail))
                if not left or failed.kind not in _TOO_LONG or deadline >= gives_up:
                    raise
            else:
                done = world.now()
                world.recorder.answer(page.code, intended, dispatched, done)
                self.late = self.late or done - intended > world.slowest_seconds
                return reply
            finally:
                self.waiting = None
            self.late = self.late or done - intended > world.slowest_seconds
            intended, first, left = done, False, left - 1

    def _asked_and_judged(self, page: Page, deadline: float) -> Reply:
        try:
            reply = self._ask(page, deadline)
            self._judge(page, reply)
        except RequestFailed:
            raise
        except Exception as error:
            # A defect of ours or of the journey says nothing about the target.
            raise RequestFailed(FailureKind.SCRIPT, f"{type(error).__name__}: {error}") from error
        return reply

    def request_for(self, page: Page) -> bytes:
        """What this visitor would send now to open that page. Raises ``RequestFailed`` where a value is missing."""
        session = self._session
        try:
            cookies = session.cookies(page.host, page.target(self._values)) if session.has_cookies else b""
            return page.render(self._values, cookies, guise=self._guise, mark=self._mark, here=self._here)
        except KeyError as missing:
            raise RequestFailed(FailureKind.SCRIPT, f"no value for {missing.args[0]}") from None

    def _ask(self, page: Page, deadline: float) -> Reply:
        request = self.request_for(page)
        wanted = MAX_TEXT_BYTES if page.text or page.captures or page.step.assets == "auto" else _EXAMPLE_BYTES
        return self._session.fetch(page, request, guise=self._guise, here=self._here, deadline=deadline, wanted=wanted)

    def _judge(self, page: Page, reply: Reply) -> None:
        wanted = page.step.expect.status
        if (reply.status not in wanted) if wanted else (reply.status >= 400):
            text = reply.content()[:_EXAMPLE_BYTES].decode("utf-8", "replace")
            blocked = reply.status in _BLOCKING or reply.header(b"cf-mitigated") is not None
            kind = FailureKind.BLOCKED if blocked else FailureKind.STATUS
            raise RequestFailed(kind, f"{reply.status} {text}".strip())
        if page.text is None and not page.captures:
            return
        content = reply.content()
        if page.text is not None and page.text not in content:
            raise RequestFailed(FailureKind.TEXT, f'no "{page.text.decode()}" in {len(content)} bytes')
        if page.captures:
            self._capture(page, content.decode("utf-8", "replace"))

    def _capture(self, page: Page, text: str) -> None:
        captured = {}
        for name, pattern in page.captures:
            found = pattern.search(text)
            if found is None or found.group(1) is None:
                raise RequestFailed(FailureKind.CAPTURE, f"nothing matches {name}: {pattern.pattern}")
            captured[name] = found.group(1)
        self._values = {**self._values, **captured}
