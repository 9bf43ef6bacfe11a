"""One HTTP request and one answer, as the shop sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus


@dataclass(slots=True, kw_only=True)
class Request:
    """A whole request. ``target`` is as it came; ``path`` and ``query`` are its parts; header names in lower case."""

    method: str
    target: str
    path: str
    query: str
    version: str
    remote: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    keep_alive: bool = True

    @property
    def takes_gzip(self) -> bool:
        return "gzip" in self.headers.get("accept-encoding", "")

    def cookie(self, name: str) -> str | None:
        """The value of a cookie, if it was sent."""
        for part in self.headers.get("cookie", "").split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                return value
        return None


@dataclass(slots=True, kw_only=True)
class Answer:
    """What is sent back. ``headers`` are whole lines, each ended by CRLF; ``body`` is as it goes over the wire."""

    status: int
    headers: str = ""
    body: bytes = b""

    def head(self, *, date: str, keep_alive: bool) -> bytes:
        """The status line and all headers. Content-Length is the body's, for HEAD too."""
        connection = "keep-alive" if keep_alive else "close"
        return (
            f"HTTP/1.1 {self.status} {_PHRASES[self.status]}\r\nServer: bookshop\r\nDate: {date}\r\n{self.headers}"
            f"Content-Length: {len(self.body)}\r\nConnection: {connection}\r\n\r\n"
        ).encode("latin-1")


_PHRASES = {status.value: status.phrase for status in HTTPStatus}
