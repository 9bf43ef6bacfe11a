"""The bytes of a request: its line, its headers, its body."""

from __future__ import annotations

from collections.abc import Mapping

from spikekit.engine.http.reference import written
from spikekit.engine.plan import Host
from spikekit.engine.visitor.browser import SUFFIX, Guise
from spikekit.engine.visitor.template import Template, Values
from spikekit.site.model import Secret, Step

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
"""Browsers name the page's origin with every other method."""

_BODILESS = ("GET", "HEAD")


def request_bytes(method: str, target: str, head: bytes, body: bytes = b"") -> bytes:
    """One request, ready to send. ``target`` is a path with its query."""
    line = f"{method} {written(target)} HTTP/1.1\r\n".encode()
    return b"%b%b%b\r\n%b" % (line, head, length_line(method, body), body)


def length_line(method: str, body: bytes) -> bytes:
    """How long the body is, where servers wait to be told."""
    return b"Content-Length: %d\r\n" % len(body) if body or method not in _BODILESS else b""


def target_of(request: bytes) -> str:
    """The path and query that a request asks for."""
    return request[: request.index(b"\r\n")].split(b" ", 2)[1].decode("ascii")


def body_of(request: bytes) -> bytes:
    """What follows a request's head."""
    return request.partition(b"\r\n\r\n")[2]


class Head:
    """The header lines of a step that do not vary from visitor to visitor, apart from their guise.

    What the target's and the step's own headers say takes the place of what browsers say, whatever its case. A cookie
    they declare is kept apart, for a visitor's own cookies are said in the same line; so is a step's header that holds
    a placeholder, for it varies after all (``varies``, ``varying_lines``).
    """

    def __init__(self, host: Host, step: Step, environ: Mapping[str, str]) -> None:
        self._host = host
        self._origin = _origin(host)
        self._declared = [(n, _value(n, v, environ)) for n, v in (*host.headers, *step.headers)]
        self._varying = _varying(step)
        self.names = frozenset(name.lower() for name, _ in self._declared)
        cookies = [text for name, text in self._declared if name.lower() == "cookie"]
        self.cookie = cookies[-1].encode("utf-8") if cookies else b""

    def lines(self, guise: Guise, *, content_type: str = "", referrer: str | None = None, asset: bool = False) -> bytes:
        """All of them, each with its line end."""
        headers = {
            "Host": self._host.authority,
            "User-Agent": guise.user_agent + SUFFIX,
            "Accept": "*/*" if asset else guise.accept,
            "Accept-Language": "en-GB,en;q=0.7",
            "Accept-Encoding": "gzip, deflate",
            "Connection": "keep-alive",
        }
        if referrer:
            headers["Referer"] = referrer
        if content_type:
            headers["Content-Type"] = content_type
        for name, text in self._declared:
            if name.lower() != "cookie":
                known = next((n for n in headers if n.lower() == name.lower()), name)
                headers[known] = text
        fixed = ((name, value) for name, value in headers.items() if name.lower() not in self._varying)
        return "".join(f"{name}: {value}\r\n" for name, value in fixed).encode("utf-8")

    @property
    def varies(self) -> bool:
        """Whether a header holds something that each visitor has of its own."""
        return bool(self._varying)

    def varying_lines(self, values: Values) -> bytes:
        """The headers that do, filled. Raises ``KeyError`` naming a placeholder without a value."""
        pairs = ((name, text.fill(values, "header")) for name, text in self._varying.values())
        return "".join(f"{name}: {value}\r\n" for name, value in pairs).encode("utf-8")

    def moving_lines(self, method: str, here: tuple[Host, str] | None) -> bytes:
        """``Referer`` and ``Origin`` of somebody who is on the page ``here`` (a host and its target), or nowhere yet.

        As browsers say them by default: the whole address within a host, the bare origin beyond it, nothing from
        TLS to plain (``strict-origin-when-cross-origin``).
        """
        lines = b""
        if here is not None and "referer" not in self.names:
            there, target = here
            if there.scheme == self._host.scheme or there.scheme == "http":
                if there.name == self._host.name:
                    lines = b"Referer: %b%b\r\n" % (self._origin, target.encode())
                else:
                    lines = b"Referer: %b/\r\n" % _origin(there)
        if method not in SAFE_METHODS and "origin" not in self.names:
            lines += b"Origin: %b\r\n" % (_origin(here[0]) if here else self._origin)
        return lines

    def cookie_line(self, cookies: bytes) -> bytes:
        """The declared cookie and the visitor's own, if there are any."""
        pairs = b"; ".join(filter(None, (self.cookie, cookies)))
        return b"Cookie: %b\r\n" % pairs if pairs else b""


def _varying(step: Step) -> dict[str, tuple[str, Template]]:
    """The step's headers with placeholders, by their lower-case names."""
    templates = {n.lower(): (n, Template(text)) for n, text in step.headers if isinstance(text, str)}
    return {key: (name, text) for key, (name, text) in templates.items() if text.fixed is None}


def _origin(host: Host) -> bytes:
    return f"{host.scheme}://{host.authority}".encode()


def _value(name: str, value: str | Secret, environ: Mapping[str, str]) -> str:
    text = environ[value.name] if isinstance(value, Secret) else value
    if not text.isprintable():
        raise ValueError(f"the header {name} holds a line break or control character")
    return text
