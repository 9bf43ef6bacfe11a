"""Alarms are told once, again when they grow, and when all is clear; and delivered even if the receiver stumbles."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import pytest

from spikekit.live.alarm import Alarm, Alarms, Event, Phase
from spikekit.live.webhook import Webhook


def _event(size: float = 1.0, kind: str = "", title: str = "much") -> Event:
    return Event(id="e", kind=kind, title=title, on_call="do", marketing="know", over="calm", size=size)


def test_an_event_is_told_once_and_once_more_when_it_is_over() -> None:
    alarms = Alarms()
    told = [alarms.update([_event()] if 10 <= now < 500 else [], now) for now in range(0, 1_000, 10)]
    phases = [(alarm.phase, alarm.at) for each in told for alarm in each]
    assert phases == [(Phase.RAISED, 10), (Phase.CLEARED, 610)]


def test_an_event_that_grows_is_told_again_but_not_at_once() -> None:
    alarms = Alarms()
    told = [alarms.update([_event(1.0 + now / 100)], now) for now in range(0, 1_000, 10)]
    assert [(alarm.phase, alarm.at) for each in told for alarm in each] == [
        (Phase.RAISED, 0),
        (Phase.UPDATED, 300),
        (Phase.UPDATED, 600),
        (Phase.UPDATED, 960),
    ]


def test_an_event_that_turns_into_another_is_told_as_that_and_is_over_when_it_is_neither() -> None:
    alarms = Alarms()
    early, above = _event(kind="early", title="early"), _event(kind="far_above", title="15 times")

    def now_is(now: int) -> list[Event]:
        return [early] if now < 300 else [above] if now < 600 else []

    told = [alarms.update(now_is(now), now) for now in range(0, 1_000, 10)]
    assert [(alarm.phase, alarm.at, alarm.title) for each in told for alarm in each] == [
        (Phase.RAISED, 0, "early"),
        (Phase.UPDATED, 300, "15 times"),
        (Phase.CLEARED, 710, "calm"),
    ]


def test_what_goes_to_and_fro_between_two_is_told_every_two_minutes_at_most() -> None:
    alarms = Alarms()
    kinds = ("far_below", "missing")
    told = [alarms.update([_event(kind=kinds[now // 10 % 2])], now) for now in range(0, 600, 10)]
    at = [alarm.at for each in told for alarm in each]
    assert len(at) > 1
    assert all(later - earlier >= 120 for earlier, later in pairwise(at))


def test_what_was_told_is_not_told_again_after_a_restart() -> None:
    before, after = Alarms(), Alarms()
    before.update([_event()], 0)
    after.restore(json.loads(json.dumps(before.state())))
    assert after.update([_event()], 5) == []
    assert [alarm.phase for alarm in after.update([], 500)] == [Phase.CLEARED]


class _Receiver(ThreadingHTTPServer):
    """Fails the first ``failing`` requests with 503, and keeps what it gets."""

    def __init__(self, failing: int) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.failing = failing
        self.got: list[dict[str, Any]] = []
        self.has_one = threading.Event()


class _Answer(BaseHTTPRequestHandler):
    server: _Receiver

    def do_POST(self) -> None:
        """Take an alarm."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.failing -= 1
        fails = self.server.failing >= 0
        if not fails:
            self.server.got.append(json.loads(body))
            self.server.has_one.set()
        self.send_response(503 if fails else 204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that the base class gives it
        """Nothing to say."""


@pytest.fixture
def receiver() -> Iterator[_Receiver]:
    server = _Receiver(failing=2)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _alarm() -> Alarm:
    return Alarm(id="e", phase=Phase.RAISED, at=1, title="much", on_call="do", marketing="know")


def test_a_webhook_tries_again_until_the_alarm_is_taken(receiver: _Receiver) -> None:
    said: list[str] = []
    with Webhook(f"http://127.0.0.1:{receiver.server_port}/", said.append, first_wait_seconds=0.02) as webhook:
        webhook.send(_alarm())
        assert receiver.has_one.wait(10)
    assert receiver.got == [_alarm().document()]
    assert receiver.got[0]["text"] == "much"
    assert said == []


def test_a_webhook_that_nobody_answers_holds_nothing_up_and_says_so() -> None:
    said: list[str] = []
    with Webhook("http://127.0.0.1:9/", said.append, first_wait_seconds=60) as webhook:
        for _ in range(150):
            webhook.send(_alarm())
    assert any("does not keep up" in words for words in said)
