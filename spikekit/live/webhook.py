"""Alarms to a URL: sent beside the watch, tried again, and given up after a while. The watch never waits for it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from types import TracebackType

import httpx

from spikekit.live.alarm import Alarm

MOST_WAITING = 100
TRIES = 6
FIRST_WAIT_SECONDS = 1.0
"""Doubled at each try: 1, 2, 4, 8, 16 s."""
TIMEOUT_SECONDS = 5.0
LEAVING_SECONDS = 5.0


class Webhook:
    """Posts each alarm as JSON. The same ``id`` and ``phase`` may come twice after a restart: receivers can tell.

    ``tell`` hears in words what could not be delivered.
    """

    def __init__(
        self,
        url: str,
        tell: Callable[[str], None],
        *,
        transport: httpx.BaseTransport | None = None,
        first_wait_seconds: float = FIRST_WAIT_SECONDS,
    ) -> None:
        self._url, self._tell, self._wait = url, tell, first_wait_seconds
        self._client = httpx.Client(timeout=TIMEOUT_SECONDS, transport=transport)
        self._waiting: queue.Queue[Alarm | None] = queue.Queue(MOST_WAITING)
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._send_all, name="webhook", daemon=True)

    def __enter__(self) -> Webhook:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        try:
            self._waiting.put_nowait(None)
        except queue.Full:
            self._tell("alarms were waiting to be sent and are lost")
        self._thread.join(LEAVING_SECONDS)
        self._client.close()

    def send(self, alarm: Alarm) -> None:
        """Put an alarm in the queue; it never waits."""
        try:
            self._waiting.put_nowait(alarm)
        except queue.Full:
            self._tell(f"the webhook does not keep up; not sent: {alarm.title}")

    def _send_all(self) -> None:
        while (alarm := self._waiting.get()) is not None:
            if not self._send(alarm) and self._leaving.is_set():
                return

    def _send(self, alarm: Alarm) -> bool:
        """Whether it was taken, at last."""
        wait, said = self._wait, ""
        for _ in range(TRIES):
            try:
                answer = self._client.post(self._url, json=alarm.document())
                if answer.is_success:
                    return True
                said = f"it answered {answer.status_code}"
                if 400 <= answer.status_code < 500 and answer.status_code not in (408, 429):
                    break
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                said = str(error) or type(error).__name__
            if self._leaving.wait(wait):
                break
            wait *= 2
        self._tell(f"the webhook did not take an alarm ({said}): {alarm.title}")
        return False
