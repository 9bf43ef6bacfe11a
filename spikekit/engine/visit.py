"""One visitor's way through a journey: open a page, read, think, go on or give up."""

from __future__ import annotations

from typing import Any

import gevent

from spikekit.engine.assets import load_assets
from spikekit.engine.failure import RequestFailed
from spikekit.engine.http import MAX_TEXT_BYTES, Reply
from spikekit.engine.script import Page, Script
from spikekit.engine.session import Session, World
from spikekit.vocabulary import FailureKind

_EXAMPLE_BYTES = 2000
"""Of a failed answer's body: more than an example shows, so that no secret in it is cut before it is masked."""

_BLOCKING = frozenset({403, 429})
_THINK_SIGMA = 0.6
"""Spread of think times about their mean, as a lognormal's sigma: pauses of 0.3 to 2.2 times the mean (judgement)."""


class Visit:
    """A visitor. ``waiting`` is the step's code and the intended instant of the page being waited for, if any.

    ``late`` tells whether some page took longer than any latency objective allows.
    """

    __slots__ = ("_session", "_values", "_world", "greenlet", "late", "waiting")

    def __init__(self, world: World) -> None:
        self._world = world
        self._session = Session(world)
        self._values: dict[str, str] = {}
        self.greenlet: Any = None
        self.waiting: tuple[int, float] | None = None
        self.late = False

    def walk(self, script: Script, pages: int, intended: float) -> None:
        """Open ``pages`` pages in turn, the first one intended at that instant. Raises what ended the visit early."""
        self._values = dict(script.values)
        try:
            for number, page in enumerate(script.pages[:pages]):
                if number:
                    intended += self._think(page.step.think_seconds)
                    self._rest(intended)
                if page.rows:
                    self._values.update(self._world.luck.choice(page.rows))
                intended = self._open(page, intended, first=number == 0)
        finally:
            self._session.close()

    def _think(self, mean: float) -> float:
        # exp(mu + sigma²/2) is a lognormal's mean, so this mu makes it the declared one.
        return mean * self._world.luck.lognormvariate(-_THINK_SIGMA * _THINK_SIGMA / 2, _THINK_SIGMA) if mean else 0.0

    def _rest(self, until: float) -> None:
        pause = until - (self._world.clock() - self._world.start)
        if pause > 0:
            gevent.sleep(pause)

    def _open(self, page: Page, intended: float, *, first: bool) -> float:
        """Ask for one page, judge the answer and load what it needs; returns the instant all of it was there."""
        world = self._world
        dispatched = world.now()
        world.recorder.dispatch(page.code, intended, dispatched, first)
        self.waiting = (page.code, intended)
        try:
            reply = self._asked_and_judged(page)
        except RequestFailed as failed:
            detail = page.masked(failed.detail)
            world.recorder.failure(page.code, intended, dispatched, world.now(), failed.kind, detail)
            raise
        finally:
            self.waiting = None
        done = world.now()
        world.recorder.answer(page.code, intended, dispatched, done)
        if done - intended > world.slowest_seconds:
            self.late = True
        if page.step.assets == "auto":
            load_assets(world, self._session, page, reply.content(), page.target(self._values))
            return world.now()
        return done

    def _asked_and_judged(self, page: Page) -> Reply:
        try:
            reply = self._ask(page)
            self._judge(page, reply)
        except RequestFailed:
            raise
        except Exception as error:
            # A defect of ours or of the journey says nothing about the target.
            raise RequestFailed(FailureKind.SCRIPT, f"{type(error).__name__}: {error}") from error
        return reply

    def _ask(self, page: Page) -> Reply:
        try:
            request = page.render(self._values, self._session.cookies(page.host))
        except KeyError as missing:
            raise RequestFailed(FailureKind.SCRIPT, f"no value for {missing.args[0]}") from None
        wanted = MAX_TEXT_BYTES if page.text or page.captures or page.step.assets == "auto" else _EXAMPLE_BYTES
        deadline = self._world.clock() + self._world.habits.patience.likely
        return self._session.fetch(page, request, self._values, deadline=deadline, wanted=wanted)

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
        for name, pattern in page.captures:
            found = pattern.search(text)
            if found is None or found.group(1) is None:
                raise RequestFailed(FailureKind.CAPTURE, f"nothing matches {name}: {pattern.pattern}")
            self._values[name] = found.group(1)
