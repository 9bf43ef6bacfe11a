"""HAR 1.2 as Chrome, Firefox and Safari export it → a recording. What a browser leaves out is not held against it.

Needed are only ``log.entries`` and each entry's method and address; everything else may be missing or of the wrong
kind. (The format: http://www.softwareishard.com/blog/har-12-spec/; keys that begin with ``_`` are Chrome's own.)
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from spikekit.errors import FileProblems, Problem
from spikekit.journey import place
from spikekit.journey.entry import Wrong, exchange_of, load_ends, mapping, text_of
from spikekit.journey.recording import Exchange, Recording

MAX_BYTES = 256_000_000
"""A shopping trip with every image is some 50 MB; reading takes about four times the file's size in memory."""

MAX_PROBLEMS = 20
RECORD_AGAIN = (
    "in the browser: open the developer tools, choose Network, tick “Preserve log”, walk through the shop, "
    "then export everything as HAR with content"
)


def read_recording(path: Path) -> Recording:
    """The recording in a HAR file. Raises ``FileProblems`` that say where the file is not what it should be."""
    text = _text(path)
    root = _json(text, path)
    entries = mapping(mapping(root).get("log")).get("entries")
    if not isinstance(entries, list):
        at: place.Path = ("log", "entries")
        raise _problems(path, text, [(at, "expected a list of requests, as every HAR file has; is this one?")])
    if not entries:
        raise _problems(path, text, [(("log", "entries"), f"the recording holds no requests; {RECORD_AGAIN}")])
    log = mapping(root["log"])
    return Recording(exchanges=_exchanges(entries, load_ends(log), text, path), browser=_browser(log))


def _exchanges(entries: list[Any], loads: dict[str, float], text: str, path: Path) -> tuple[Exchange, ...]:
    found: list[Exchange] = []
    wrong: list[tuple[place.Path, str]] = []
    begun: set[str] = set()
    for number, entry in enumerate(entries):
        try:
            exchange = exchange_of(number, entry)
        except Wrong as error:
            wrong.append((("log", "entries", number, *error.path), error.message))
            continue
        page = text_of(mapping(entry), "pageref")
        # Only the first request of a page began it: its document.
        found.append(exchange if page in begun or page not in loads else exchange_of(number, entry, loads[page]))
        begun.add(page)
    if wrong:
        raise _problems(path, text, wrong[:MAX_PROBLEMS])
    return tuple(_in_order(found))


def _in_order(exchanges: list[Exchange]) -> list[Exchange]:
    """By the instant they were sent; one without stays behind the one before it."""
    last, keys = 0.0, {}
    for exchange in exchanges:
        last = exchange.started if exchange.started is not None else last
        keys[exchange.number] = last
    return sorted(exchanges, key=lambda e: (keys[e.number], e.number))


def _browser(log: dict[str, Any]) -> str:
    tool = mapping(log.get("browser")) or mapping(log.get("creator"))
    return f"{text_of(tool, 'name')} {text_of(tool, 'version')}".strip()


def _text(path: Path) -> str:
    try:
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            size = f"larger than {MAX_BYTES // 1_000_000} MB"
            raise _problem(path, 1, 1, f"the file is {size}; record a shorter walk, or without images and videos")
        content = path.read_bytes()
        # The format allows a byte order mark, and some tools write one.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig")
        bad = f"byte 0x{content[error.start]:02x} is not UTF-8, as HAR files are"
        raise _problem(path, *place.line_and_column(before, len(before)), bad) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it cannot be a file's name"
        raise _problem(path, 1, 1, f"cannot be read: {reason}") from error


def _json(text: str, path: Path) -> Any:
    try:
        # As floats, figures of any length are read in no time.
        return json.loads(text, parse_int=float)
    except json.JSONDecodeError as error:
        if not text.strip():
            message = f"the file is empty; {RECORD_AGAIN}"
        elif error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            message = "the file ends in the middle: it was not saved whole; export it again"
        else:
            message = f"not JSON, as HAR files are: {error.msg[:1].lower()}{error.msg[1:]}"
        raise _problem(path, error.lineno, error.colno, message) from None
    except RecursionError:
        raise _problem(path, 1, 1, "nested deeper than any recording is") from None


def _problem(path: Path, line: int, column: int, message: str, where: str = "") -> FileProblems:
    return FileProblems([Problem(file=str(path), line=line, column=column, path=where, message=message)])


def _problems(path: Path, text: str, wrong: list[tuple[place.Path, str]]) -> FileProblems:
    problems = []
    for where, message in wrong:
        line, column = place.place_of(text, where)
        problems.append(Problem(file=str(path), line=line, column=column, path=place.written(where), message=message))
    return FileProblems(problems)
