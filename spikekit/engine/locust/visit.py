"""One visitor who is a Locust user: lives in a greenlet of its own, and every request it reports is measured.

Locust counts these requests itself, as it hears of them; they are not fed to its statistics again.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any

import gevent
from gevent import GreenletExit
from locust import User
from locust.env import Environment
from locust.exception import StopUser
from locust.user.task import DefaultTaskSet

from spikekit.engine.failure import RequestFailed, Stopped
from spikekit.engine.locust.failure import failure_kind
from spikekit.engine.visitor.session import World
from spikekit.vocabulary import FailureKind

if TYPE_CHECKING:
    from spikekit.engine.locust.journey import UserJourney

_NAME_CHARACTERS = 200

_here: ContextVar[LocustVisit | None] = ContextVar("visit", default=None)
"""The visit whose greenlet runs; a context variable is a greenlet's own."""


class GaveUp(BaseException):
    """Thrown at the next request of a visitor whose patience is at its end: that visitor asks for nothing more."""


_CONTENT = (StopUser, GreenletExit, GaveUp)
"""A user that ends itself, in any of Locust's ways, has done what it came for."""


def attend(environment: Environment, runner: Any) -> None:
    """Hear of every request event, and tell the files of Locust classes that all is set up, as Locust does."""
    environment.events.request.add_listener(overhear)
    environment.events.init.fire(environment=environment, runner=runner, web_ui=None)


def overhear(**event: Any) -> None:
    """A request event that some code fired by itself: it belongs to the visit in whose greenlet it did."""
    visit = _here.get()
    if visit is not None:
        visit.world.recorder.sent += 1
        visit.measure(**event)


class LocustVisit:
    """A visitor. ``late`` tells whether some request took longer than any latency objective allows."""

    def __init__(self, world: World, journey: UserJourney) -> None:
        self.world = world
        self._journey = journey
        self._intended: float | None = None
        self._open: list[tuple[str, float]] = []
        self._failure: FailureKind | None = None
        self._gave_up = False
        self._patience = world.habits.patience.at(world.luck.gauss(0, 1))
        self.greenlet: Any = None
        self.late = False

    @property
    def waiting(self) -> tuple[int, float] | None:
        """The step's code and the intended instant of the oldest request being waited for, if any."""
        if not self._open:
            return None
        name, intended = self._open[0]
        return self.world.recorder.found(name), intended

    def walk(self, script: object, pages: int, intended: float) -> None:
        """The whole visit. Raises ``RequestFailed`` for what went wrong first, ``Stopped`` when the run is over."""
        self._intended = intended
        began = self.world.now()
        self.world.recorder.begin(intended, began)
        _here.set(self)
        user: User | None = None
        try:
            user = self._journey.born(self.world.environment)
            user._taskset_instance = DefaultTaskSet(user)
            self._watch(user)
            self._live(user)
        except Stopped:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever somebody's code may raise, sys.exit() included
            self._broke_down(user, error, intended, began)
        finally:
            _here.set(None)
            _hang_up(user)
        if self._failure is not None:
            raise RequestFailed(self._failure)

    def _live(self, user: User) -> None:
        try:
            with contextlib.suppress(*_CONTENT):
                user.on_start()
                self._journey.one_pass(user, self.world.luck)
        except Stopped:
            # Nothing is sent any more: no farewell either.
            raise
        except BaseException:
            _leave(user)
            raise
        _leave(user)

    def measure(
        self,
        request_type: str,
        name: str,
        response_time: float | None = None,
        exception: Any = None,
        response: Any = None,
        start_time: float | None = None,
        **_: Any,
    ) -> None:
        """One request event. The first request was meant for the visit's instant, each later one for its own start."""
        recorder, now = self.world.recorder, self.world.now()
        took = max(response_time or 0.0, 0.0) / 1000
        ago = took if start_time is None else max(time.time() - start_time, took)
        dispatched = now - ago
        done = dispatched + took
        intended = dispatched if self._intended is None else min(self._intended, dispatched)
        self._intended = None
        code = recorder.found(_step(request_type, name))
        recorder.dispatch(code, intended, dispatched, False)
        if exception:
            kind = failure_kind(exception, response)
            self._failure = self._failure or kind
            recorder.failure(code, intended, dispatched, done, kind, self._journey.masked(_said(exception)))
        else:
            recorder.answer(code, intended, dispatched, done)
        self.late = self.late or done - intended > self.world.slowest_seconds

    def _broke_down(self, user: User | None, error: BaseException, intended: float, began: float) -> None:
        """The class's own code failed: by itself, or because a request had failed before, which then is the reason."""
        if self._failure is None:
            self._failure = FailureKind.TIMEOUT if self._gave_up else FailureKind.SCRIPT
            recorder = self.world.recorder
            code = recorder.found(self._journey.name)
            recorder.dispatch(code, intended, began, False)
            detail = self._journey.masked(self._journey.told(error))
            recorder.failure(code, intended, began, self.world.now(), self._failure, detail)
        events = self.world.environment.events
        events.user_error.fire(user_instance=user, exception=error, tb=error.__traceback__)

    def _watch(self, user: User) -> None:
        """Be there whenever the user's client asks for something, in whatever greenlet it does."""
        client = getattr(user, "client", None)
        ask = getattr(client, "request", None)
        if client is None or not callable(ask):
            return
        client.request = partial(self._ask, client, ask)
        if hasattr(client, "request_event"):
            client.request_event = _Reports(self, client.request_event)

    def _ask(self, client: Any, ask: Callable[..., Any], method: str, url: str, *args: Any, **more: Any) -> Any:
        world = self.world
        if self._gave_up:
            raise GaveUp
        if not world.lease.holds(world.clock()):
            raise Stopped
        if self._journey.headers and self._journey.is_own(url):
            more["headers"] = {**self._journey.headers, **(more.get("headers") or {})}
        name = more.get("name") or next(iter(args), None) or getattr(client, "request_name", None) or url
        dispatched = world.now()
        asked = (_step(method, name), dispatched if self._intended is None else self._intended)
        self._open.append(asked)
        world.recorder.sent += 1
        timer = gevent.Timeout.start_new(self._patience, TimeoutError(f"no answer within {self._patience:.1f} s"))
        try:
            return ask(method, url, *args, **more)
        except Stopped:
            world.recorder.dispatch(world.recorder.found(asked[0]), asked[1], dispatched, False)
            raise
        finally:
            self._gave_up = self._gave_up or not timer.pending
            timer.close()
            self._open.remove(asked)


class _Reports:
    """In place of the event a client reports its requests to: the visit hears of them first, then everybody else."""

    def __init__(self, visit: LocustVisit, event: Any) -> None:
        self._visit = visit
        self._event = event

    def fire(self, **event: Any) -> None:
        self._visit.measure(**event)
        token = _here.set(None)
        try:
            self._event.fire(**event)
        finally:
            _here.reset(token)


def _step(method: str, name: str) -> str:
    return f"{method} {name}"[:_NAME_CHARACTERS]


def _said(exception: Any) -> str:
    """What an exception says; Locust's own wrapping of a class's words is taken off."""
    text = str(exception)
    return text if type(exception).__name__ == "CatchResponseError" or not text else f"{_kind(exception)}{text}"


def _kind(exception: Any) -> str:
    return "" if isinstance(exception, str) else f"{type(exception).__name__}: "


def _leave(user: User) -> None:
    with contextlib.suppress(*_CONTENT):
        user.on_stop()


def _hang_up(user: User | None) -> None:
    """A visitor's connections end with the visit, unless the class shares them among all its users."""
    client = getattr(user, "client", None)
    if not isinstance(getattr(client, "request_event", None), _Reports):
        return
    if getattr(user, "pool_manager", None) or getattr(user, "client_pool", None):
        return
    close = getattr(client, "close", None) or getattr(getattr(client, "client", None), "close", None)
    if callable(close):
        close()
