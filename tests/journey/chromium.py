"""A real Chromium that walks through a site and exports what it did, as its own developer tools do.

It is driven over two pipes with the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/).
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-pipe",
)
AS_THREE_AND_FOUR = """\
import os, sys
commands, answers = (os.dup(int(number)) for number in sys.argv[1:3])
os.dup2(commands, 3)
os.dup2(answers, 4)
os.set_inheritable(3, True)
os.set_inheritable(4, True)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""The browser reads commands from descriptor 3 and answers on 4, whatever these are here."""

PATIENCE_SECONDS = 60
Message = dict[str, Any]


class Chromium:
    """One page of a headless Chromium with the recorder on, for as long as a ``with`` block lasts."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self._number = 0
        self._unread = b""
        self._session = ""
        self._recorder = _Recorder(self._body)

    def __enter__(self) -> Chromium:
        program = shutil.which("chromium")
        assert program, "chromium is needed: tests/packages.py installs it"
        commands, self._out = os.pipe()
        self._in, answers = os.pipe()
        browser = [program, *SWITCHES, f"--user-data-dir={self._profile}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", AS_THREE_AND_FOUR, str(commands), str(answers), *browser],
            pass_fds=(commands, answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        try:
            target = self.ask("Target.createTarget", url="about:blank")["targetId"]
            self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            self.ask("Page.enable")
            self.ask("Network.enable", maxPostDataSize=65536)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        os.close(self._in)
        os.close(self._out)

    def open(self, url: str) -> None:
        """Go to an address and wait until it has loaded."""
        self._loading(lambda: self.ask("Page.navigate", url=url))

    def run(self, script: str) -> None:
        """Do something on the page that leads to another, and wait until that has loaded."""
        self._loading(lambda: self.ask("Runtime.evaluate", expression=script, userGesture=True))

    def evaluate(self, script: str) -> Any:
        """What a script on the page returns, after any promise."""
        answer = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        return answer["result"].get("value")

    def har(self) -> Message:
        """Everything so far as a HAR document."""
        return self._recorder.document(self.ask("Browser.getVersion")["product"])

    def ask(self, method: str, **params: Any) -> Message:
        """The result of one command; what is reported meanwhile goes to the recorder."""
        number = self._send(method, params)
        while True:
            message = self._receive()
            if message.get("id") == number:
                assert "error" not in message, f"{method}: {message['error']}"
                result: Message = message["result"]
                return result
            self._recorder.take(message)

    def _loading(self, act: Callable[[], Message]) -> None:
        loads = self._recorder.loads
        act()
        while self._recorder.loads == loads or self._recorder.is_waiting:
            self._recorder.take(self._receive())

    def _body(self, request: str) -> int:
        return self._send("Network.getResponseBody", {"requestId": request})

    def _send(self, method: str, params: Message) -> int:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        return self._number

    def _receive(self) -> Message:
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._in], [], [], PATIENCE_SECONDS)
            assert ready, "Chromium says nothing"
            data = os.read(self._in, 1 << 20)
            assert data, "Chromium has gone"
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\0")
        message: Message = json.loads(line)
        return message


class _Recorder:
    """Events → entries. A redirect ends one entry and begins the next under the same request."""

    def __init__(self, ask_for_body: Callable[[str], int]) -> None:
        self._ask_for_body = ask_for_body
        self._open: dict[str, Message] = {}
        self._asked: dict[int, Message] = {}
        self._extra: dict[str, Message] = {}
        self.entries: list[Message] = []
        self.loads = 0

    @property
    def is_waiting(self) -> bool:
        return bool(self._asked or self._open)

    def take(self, message: Message) -> None:
        if message.get("id") in self._asked:
            self._content(self._asked.pop(message["id"]), message.get("result", {}))
            return
        event = message.get("method", "").rpartition(".")[2]
        handler = getattr(self, f"_on_{event}", None)
        if handler is not None:
            handler(message["params"])

    def document(self, product: str) -> Message:
        name, _, version = product.partition("/")
        creator = {"name": "WebInspector", "version": "537.36"}
        return {"log": {"version": "1.2", "creator": creator, "browser": {"name": name, "version": version},
                        "pages": [], "entries": self.entries}}  # fmt: skip

    def _on_loadEventFired(self, _: Message) -> None:  # noqa: N802 - the protocol's own name
        self.loads += 1

    def _on_requestWillBeSent(self, event: Message) -> None:  # noqa: N802
        before = self._open.pop(event["requestId"], None)
        if before is not None and "redirectResponse" in event:
            self._answered(before, event["redirectResponse"])
            self._ended(before, event["timestamp"])
        request = event["request"]
        if not request["url"].startswith("http"):
            return
        entry = {
            "_began": event["timestamp"],
            "_resourceType": event.get("type", "Other").lower(),
            "startedDateTime": datetime.fromtimestamp(event["wallTime"], UTC).isoformat(),
            "request": {"method": request["method"], "url": request["url"], "headers": _pairs(request["headers"])},
            "response": {"status": 0, "headers": [], "content": {}},
        }
        if "postData" in request:
            mime = request["headers"].get("Content-Type", "")
            entry["request"]["postData"] = {"mimeType": mime, "text": request["postData"]}
        self.entries.append(entry)
        self._open[event["requestId"]] = entry

    def _on_requestWillBeSentExtraInfo(self, event: Message) -> None:  # noqa: N802
        entry = self._open.get(event["requestId"])
        if entry is not None:
            entry["request"]["headers"] = _pairs(event["headers"])

    def _on_responseReceived(self, event: Message) -> None:  # noqa: N802
        entry = self._open.get(event["requestId"])
        if entry is not None:
            self._answered(entry, event["response"])

    def _on_requestServedFromCache(self, event: Message) -> None:  # noqa: N802
        entry = self._open.get(event["requestId"])
        if entry is not None:
            entry["_fromCache"] = "memory"

    def _on_loadingFinished(self, event: Message) -> None:  # noqa: N802
        entry = self._open.pop(event["requestId"], None)
        if entry is not None:
            self._ended(entry, event["timestamp"])
            self._asked[self._ask_for_body(event["requestId"])] = entry

    def _on_loadingFailed(self, event: Message) -> None:  # noqa: N802
        entry = self._open.pop(event["requestId"], None)
        if entry is not None:
            self._ended(entry, event["timestamp"])

    def _answered(self, entry: Message, response: Message) -> None:
        headers = response["headers"]
        location = next((v for k, v in headers.items() if k.lower() == "location"), "")
        if response.get("fromDiskCache"):
            entry["_fromCache"] = "disk"
        entry["response"] = {
            "status": response["status"],
            "headers": _pairs(headers),
            "redirectURL": location,
            "content": {"mimeType": response["mimeType"], "size": 0},
        }

    def _ended(self, entry: Message, timestamp: float) -> None:
        entry["time"] = (timestamp - entry.pop("_began")) * 1000

    def _content(self, entry: Message, body: Message) -> None:
        if "body" in body:
            entry["response"]["content"]["text"] = body["body"]
            if body["base64Encoded"]:
                entry["response"]["content"]["encoding"] = "base64"


def _pairs(headers: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]
