"""One entry of a HAR file → one exchange; and the little that is read of its pages."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from spikekit.files.echo import quoted
from spikekit.journey.recording import Answer, Exchange, Field, Headers, Sent, Url

PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_METHOD = re.compile(r"[A-Za-z]{1,20}\Z")
_TEXTUAL = re.compile(r"text/|json|xml|javascript|x-www-form-urlencoded|graphql", re.IGNORECASE)
_CHARSET = re.compile(
    r"charset=[\"']?(us-ascii|iso-8859-\d+|windows-125\d|koi8-[ru]|shift_jis|euc-jp|euc-kr|gbk|gb2312|gb18030|big5)\b",
    re.IGNORECASE,
)
"""Character sets of pages besides UTF-8: a closed list, because Python's codecs do more than text."""


class Wrong(Exception):
    """An entry without what every entry must have; ``path`` leads there from the entry."""

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def text_of(parent: dict[str, Any], name: str) -> str:
    """The text under a name, else nothing. Half characters, which no file can hold, become question marks."""
    value = parent.get(name)
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def exchange_of(number: int, entry: Any, loaded: float | None = None) -> Exchange:
    """The exchange of an entry. Raises ``Wrong`` when it has no method or no address."""
    entry = mapping(entry)
    request = mapping(entry.get("request"))
    headers = _headers(request)
    return Exchange(
        number=number,
        method=_method(request),
        url=_url(request),
        started=instant(text_of(entry, "startedDateTime")),
        seconds=max(0.0, _number(entry, "time") or 0.0) / 1000,
        headers=headers,
        cookies=_cookies(request, headers, "cookie"),
        sent=_sent(request, headers),
        answer=_answer(entry),
        hint=text_of(entry, "_resourceType").lower(),
        cached=bool(text_of(entry, "_fromCache")),
        loaded=loaded,
    )


def load_ends(log: dict[str, Any]) -> dict[str, float]:
    """When each page (by its id) had loaded, in seconds since 1970, where the browser says so."""
    ends: dict[str, float] = {}
    pages = log.get("pages")
    for page in map(mapping, pages if isinstance(pages, list) else ()):
        begun, took = instant(text_of(page, "startedDateTime")), _number(mapping(page.get("pageTimings")), "onLoad")
        if begun is not None and took is not None and took > 0:
            ends[text_of(page, "id")] = begun + took / 1000
    return ends


def instant(text: str) -> float | None:
    """Seconds since 1970 of an ISO 8601 instant (UTC unless it says otherwise), or ``None``."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _number(parent: dict[str, Any], name: str) -> float | None:
    value = parent.get(name)
    return value if isinstance(value, float) and isfinite(value) else None


def _method(request: dict[str, Any]) -> str:
    method = text_of(request, "method")
    if not _METHOD.match(method):
        found = quoted(method) if "method" in request else "nothing"
        raise Wrong(f"expected a method such as GET, found {found}", "request", "method")
    return method.upper()


def _url(request: dict[str, Any]) -> Url:
    written = text_of(request, "url")
    try:
        return url_of(written)
    except ValueError:
        found = quoted(written) if "url" in request else "nothing"
        raise Wrong(f"expected an address such as https://www.example.com/, found {found}", "request", "url") from None


def url_of(written: str) -> Url:
    """The address of a text; names and passwords in it, and its fragment, are dropped. Raises ``ValueError``."""
    parts = urlsplit(written)
    scheme, host, port = parts.scheme.lower(), (parts.hostname or "").lower(), parts.port
    if not scheme or (scheme in PORTS and not host):
        raise ValueError("it is no whole address")
    host = f"[{host}]" if ":" in host else host
    if port is not None and port != PORTS.get(scheme):
        host = f"{host}:{port}"
    return Url(scheme=scheme, host=host, path=parts.path or "/", query=parts.query)


def _headers(message: dict[str, Any]) -> Headers:
    listed = message.get("headers")
    items = [mapping(item) for item in listed] if isinstance(listed, list) else []
    return tuple((text_of(item, "name").lower(), text_of(item, "value")) for item in items)


def _cookies(message: dict[str, Any], headers: Headers, header: str) -> tuple[tuple[str, str], ...]:
    """What a message says of cookies, in its list and in its headers."""
    listed = message.get("cookies")
    items = [mapping(item) for item in listed] if isinstance(listed, list) else []
    pairs = [(text_of(item, "name"), text_of(item, "value")) for item in items]
    for name, value in headers:
        if name == header:
            # A Set-Cookie's attributes come after its one pair; some browsers join several with line breaks.
            parts = value.split(";") if header == "cookie" else [line.split(";")[0] for line in value.split("\n")]
            pairs += [(key.strip(), text.strip()) for key, _, text in (part.partition("=") for part in parts)]
    return tuple(dict.fromkeys(pairs))


def _sent(request: dict[str, Any], headers: Headers) -> Sent | None:
    post = mapping(request.get("postData"))
    kind = next((value for name, value in headers if name == "content-type"), "")
    size = _number(request, "bodySize") or 0
    if not post:
        return Sent(mime=kind, missing=True) if size > 0 else None
    listed = post.get("params")
    fields = tuple(
        Field(name=text_of(item, "name"), value=text_of(item, "value"), file="fileName" in item)
        for item in map(mapping, listed if isinstance(listed, list) else ())
    )
    text = text_of(post, "text")
    return Sent(
        mime=text_of(post, "mimeType") or kind, text=text, fields=fields, missing=size > 0 and not text and not fields
    )


def _answer(entry: dict[str, Any]) -> Answer:
    response = mapping(entry.get("response"))
    headers = _headers(response)
    content = mapping(response.get("content"))
    status = _number(response, "status")
    mime = text_of(content, "mimeType") or next((value for name, value in headers if name == "content-type"), "")
    location = text_of(response, "redirectURL") or next((v for name, v in headers if name == "location"), "")
    return Answer(
        status=None if status is None else int(max(0, min(status, 999))),
        mime=mime.lower(),
        text=_content(content, mime),
        location=location or None,
        cookies=_cookies(response, headers, "set-cookie"),
    )


def _content(content: dict[str, Any], mime: str) -> str:
    text = text_of(content, "text")
    if text_of(content, "encoding").lower() != "base64":
        return text
    if mime and not _TEXTUAL.search(mime):
        return ""
    try:
        raw = base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError):
        return ""
    named = _CHARSET.search(mime)
    try:
        return raw.decode(named[1].lower() if named else "utf-8", "replace")
    except LookupError:  # there is no ISO 8859-12
        return raw.decode("utf-8", "replace")
