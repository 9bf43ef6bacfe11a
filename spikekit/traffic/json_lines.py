"""Lines of JSON, such as nginx writes with ``escape=json`` → rows.

Keys are nginx's variables, or what others call them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from spikekit.traffic.row import Row

_NAMES = {
    "address": "remote_addr client_ip remote_ip clientip client address ip",
    "time": "msec time_iso8601 time_local time timestamp @timestamp ts",
    "request": "request",
    "method": "request_method method verb",
    "target": "request_uri uri url path target",
    "query": "args query_string query",
    "status": "status status_code code response",
    "referrer": "http_referer http_referrer referer referrer",
    "agent": "http_user_agent user_agent useragent agent",
    "took": "request_time duration response_time",
}
KEYS = {field: tuple(names.split()) for field, names in _NAMES.items()}
"""Each field's keys, the first that is there counts."""


def rows(block: bytes) -> Iterator[Row]:
    """The rows of a block of whole lines. What is not UTF-8 (nginx writes such referrers as they came) is replaced."""
    keys: dict[str, str] = {}
    shape: Iterable[str] = ()
    for line in block.decode("utf-8", "replace").split("\n"):
        said = _object(line)
        if said is None:
            continue
        # Logs have one shape: which keys mean what is looked up when the shape changes only.
        if said.keys() != shape:
            shape, keys = said.keys(), _meanings(said)
        if "time" in keys and "status" in keys and ("target" in keys or "request" in keys):
            yield _row(said, keys)


def is_row(line: bytes) -> bool:
    """Whether the line is JSON with a time, a status and a request."""
    return next(rows(line), None) is not None


def _object(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _meanings(said: dict[str, Any]) -> dict[str, str]:
    found = ((field, next((key for key in keys if key in said), None)) for field, keys in KEYS.items())
    return {field: key for field, key in found if key is not None}


def _row(said: dict[str, Any], keys: dict[str, str]) -> Row:
    def value(field: str) -> bytes:
        found = said[keys[field]] if field in keys else ""
        return (found if isinstance(found, str) else "" if found is None else str(found)).encode("utf-8", "replace")

    method, target = value("method"), value("target")
    if not target:
        words = value("request").split(b" ")
        method, target = words[0], words[1] if len(words) > 1 else b""
    path, _, query = target.partition(b"?")
    return (
        value("address"),
        value("time"),
        method,
        path,
        query or value("query"),
        value("status"),
        value("referrer"),
        value("agent"),
        value("took"),
    )
