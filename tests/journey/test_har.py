"""HAR files as browsers write them, and files that are none."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from spikekit.errors import FileProblems
from spikekit.journey.har import MAX_BYTES, read_recording
from tests.journey.recordings import entry, har, read

NO_LIST = "log.entries: expected a list of requests, as every HAR file has; is this one?"


def problems(path: Path) -> list[str]:
    with pytest.raises(FileProblems) as refused:
        read_recording(path)
    return [str(p).removeprefix(f"{path}:") for p in refused.value.problems]


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "walk.har"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_least_that_a_request_needs_is_a_method_and_an_address(tmp_path: Path) -> None:
    recording = read(tmp_path, har({"request": {"method": "get", "url": "https://shop.example/"}}))
    (only,) = recording.exchanges
    assert (only.method, str(only.url)) == ("GET", "https://shop.example/")
    assert (only.started, only.sent, only.answer.status, only.answer.text) == (None, None, None, "")


@pytest.mark.parametrize("junk", [None, 5, "x", [], [3], {"a": []}])
def test_anything_else_may_be_missing_or_nonsense(tmp_path: Path, junk: Any) -> None:
    request = {"method": "GET", "url": "https://shop.example/"}
    for name in ("headers", "cookies", "postData", "bodySize"):
        request[name] = junk
    response = dict.fromkeys(("status", "headers", "cookies", "content", "redirectURL"), junk)
    around = dict.fromkeys(("startedDateTime", "time", "pageref", "_resourceType", "_fromCache"), junk)
    recording = read(tmp_path, har({**around, "request": request, "response": response}, pages=junk, browser=junk))
    assert recording.exchanges[0].answer.text == ""


def test_bodies_in_base64_are_unpacked_by_their_character_set(tmp_path: Path) -> None:
    for charset, name in (("iso-8859-1", "iso-8859-1"), ("utf-8", "UTF-8"), ("utf-8", "no-such-thing")):
        page = base64.b64encode("<title>Café</title>".encode(charset)).decode()
        content = {"mimeType": f"text/html; charset={name}", "text": page, "encoding": "base64"}
        document = har({**entry("/"), "response": {"status": 200, "content": content}})
        assert read(tmp_path, document).exchanges[0].answer.text == "<title>Café</title>"


def test_pictures_in_base64_are_not_unpacked(tmp_path: Path) -> None:
    content = {"mimeType": "image/png", "text": "iVBORw0KGgo=", "encoding": "base64"}
    document = har({**entry("/a.png"), "response": {"status": 200, "content": content}})
    assert read(tmp_path, document).exchanges[0].answer.text == ""


def test_requests_come_in_the_order_they_were_sent_whatever_the_order_in_the_file(tmp_path: Path) -> None:
    without = {"request": {"method": "GET", "url": "https://shop.example/after-c"}}
    recording = read(tmp_path, har(entry("/c", at=9), without, entry("/a", at=1), entry("/b", at=5)))
    assert [e.url.path for e in recording.exchanges] == ["/a", "/b", "/c", "/after-c"]


def test_a_page_has_loaded_when_the_browser_says_so(tmp_path: Path) -> None:
    page = {"id": "page_1", "startedDateTime": "2026-11-22T12:00:00Z", "pageTimings": {"onLoad": 2500}}
    document = har(entry("/", pageref="page_1"), entry("/a.css", at=1, pageref="page_1"), pages=[page])
    first, second = read(tmp_path, document).exchanges
    assert first.started is not None
    assert (first.loaded, second.loaded) == (first.started + 2.5, None)


def test_a_byte_order_mark_is_no_trouble(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbf" + json.dumps(har(entry("/"))).encode())
    assert len(read_recording(path).exchanges) == 1


def test_half_characters_are_replaced(tmp_path: Path) -> None:
    assert read(tmp_path, har(entry("/", body="a\ud83dz"))).exchanges[0].answer.text == "a?z"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"log": {"entries": [', "1:22 the file ends in the middle: it was not saved whole; export it again"),
        ('{"log": {"entr', "1:10 the file ends in the middle: it was not saved whole; export it again"),
        ("<html>", "1:1 not JSON, as HAR files are: expecting value"),
        ('{"log":\n  {"entries" 5}}', "2:14 not JSON, as HAR files are: expecting ':' delimiter"),
        ("[" * 100_000, "1:1 nested deeper than any recording is"),
        (b'{"log":\n"\xff"}', "2:2 byte 0xff is not UTF-8, as HAR files are"),
        ("{}", "1:1 log.entries: expected a list of requests, as every HAR file has; is this one?"),
        (
            '{"log": {"entries": 5}}',
            "1:21 log.entries: expected a list of requests, as every HAR file has; is this one?",
        ),
        ("[1]", "1:1 log.entries: expected a list of requests, as every HAR file has; is this one?"),
    ],
)
def test_a_file_that_is_no_har_is_told_with_its_place(tmp_path: Path, text: str | bytes, message: str) -> None:
    assert problems(written(tmp_path, text)) == [message]


def test_every_entry_that_cannot_be_one_is_told_with_its_place(tmp_path: Path) -> None:
    lines = [
        '{"log": {"comment": "a, b", "entries": [',
        '  {"request": {"method": "GET", "url": "https://shop.example/"}},',
        '  {"request": {"method": "GET", "url": "nowhere"}},',
        '  {"request": {"method": 5, "url": "https://shop.example/"}},',
        '  {"time": 3}, "what"',
        "]}}",
    ]
    assert problems(written(tmp_path, "\n".join(lines))) == [
        '3:40 log.entries[1].request.url: expected an address such as https://www.example.com/, found "nowhere"',
        '4:26 log.entries[2].request.method: expected a method such as GET, found ""',
        "5:3 log.entries[3].request.method: expected a method such as GET, found nothing",
        "5:16 log.entries[4].request.method: expected a method such as GET, found nothing",
    ]


def test_an_empty_recording_says_how_to_record(tmp_path: Path) -> None:
    for text in ("", " \n", json.dumps(har())):
        (message,) = problems(written(tmp_path, text))
        assert "Preserve log" in message


def test_a_file_too_large_to_read_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "walk.har"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    assert problems(path) == ["1:1 the file is larger than 256 MB; record a shorter walk, or without images and videos"]


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    assert problems(tmp_path / "none.har") == ["1:1 cannot be read: No such file or directory"]
    assert problems(tmp_path) == ["1:1 cannot be read: Is a directory"]


def test_figures_of_any_length_are_read_in_no_time(tmp_path: Path) -> None:
    text = json.dumps(har(entry("/"))).replace('"time": 100.0', f'"time": {"9" * 100_000}')
    assert read_recording(written(tmp_path, text)).exchanges[0].seconds == 0.0
