"""What Prometheus answers becomes what came; asked over real HTTP, answered from what a real one says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest

from spikekit.errors import SpikekitError, Unmeasured, UsageError
from spikekit.traffic.prometheus import query_range
from spikekit.traffic.series import Series

START = datetime(2026, 12, 4, 18, 0, tzinfo=UTC)


@contextmanager
def answering(answer: Any, *, status: int = 200) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """A server on this machine with one answer to everything, and what it was asked."""
    asked: list[dict[str, list[str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def matrix(*series: tuple[dict[str, str], dict[int, str]]) -> dict[str, Any]:
    """Series of (labels, value by minute), as Prometheus answers them: the value at a minute's end."""
    result = [
        {"metric": labels, "values": [[START.timestamp() + 60 * (i + 1), v] for i, v in values.items()]}
        for labels, values in series
    ]
    return {"status": "success", "data": {"resultType": "matrix", "result": result}}


def ask(url: str, minutes: int = 5) -> Series:
    return query_range(url, "sum(rate(visits_total[1m]))", start=START, end=START + timedelta(minutes=minutes))


def test_rates_become_visitors() -> None:
    with answering(matrix(({}, {0: "0.5", 1: "2", 2: "0", 3: "1.25", 4: "1"}))) as (url, asked):
        series = ask(url)
    assert series.total.visitors == (30, 120, 0, 75, 60)
    assert series.total.began == START
    assert series.total.saturated == ()
    assert asked[0]["query"] == ["sum(rate(visits_total[1m]))"]
    assert asked[0]["step"] == ["60"]
    assert float(asked[0]["start"][0]) == START.timestamp() + 60
    assert float(asked[0]["end"][0]) == START.timestamp() + 300


def test_labels_tell_channels_apart_and_the_total_has_them_all() -> None:
    with answering(matrix(({"source": "x"}, {0: "1", 1: "1"}), ({"source": "news"}, {1: "2"}))) as (url, _):
        series = ask(url, 2)
    assert series.total.visitors == (60, 180)
    assert {mark: part.visitors for mark, part in series.parts.items()} == {"x": (60, 60), "news": (0, 120)}


def test_a_gap_is_unknown_a_late_beginning_is_nobody_and_an_early_end_is_the_end() -> None:
    with answering(matrix(({}, {1: "1", 3: "NaN", 4: "1"}))) as (url, _):
        series = ask(url, 8)
    assert series.total.visitors == (0, 60, 0, 0, 60)
    assert series.total.saturated == (False, False, True, True, False)


def test_no_data_is_no_answer() -> None:
    with answering(matrix()) as (url, _), pytest.raises(Unmeasured, match="no data in the campaign's hours"):
        ask(url)


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        ({"status": "error", "errorType": "bad_data", "error": "parse error at char 4"}, 400, "parse error at char 4"),
        (b"<html>404</html>", 404, "is no Prometheus"),
        ({"status": "success", "data": {"resultType": "vector", "result": []}}, 200, "other than series"),
        ({"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}}]}}, 200, "without values"),
        ([1, 2], 200, "another kind"),
    ],
)
def test_what_is_no_answer_is_told(answer: Any, status: int, says: str) -> None:
    with answering(answer, status=status) as (url, _), pytest.raises(UsageError, match=says):
        ask(url)


def test_nobody_there_is_told() -> None:
    with answering({}) as (url, _):
        pass
    with pytest.raises(SpikekitError, match="cannot be asked"):
        ask(url)


def test_too_many_steps_are_refused_before_asking() -> None:
    with pytest.raises(UsageError, match="too long"):
        query_range("http://127.0.0.1:9", "x", start=START, end=START + timedelta(days=30))
