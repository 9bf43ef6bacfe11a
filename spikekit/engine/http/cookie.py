"""A visitor's cookies, kept and said as RFC 6265 has it and browsers do it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address

from spikekit.engine.http.date import seconds_of
from spikekit.engine.plan import Host

MAX_COOKIE_BYTES = 4096
MAX_COOKIES = 180
"""What Chromium keeps of one site."""

_BAD = bytes({*range(32), 127} - {9})
"""Control characters: no cookie that holds one is kept."""


@dataclass(frozen=True, slots=True)
class _Attributes:
    """What a cookie says of itself. ``max_age`` in seconds; ``expires`` in seconds since 1970."""

    domain: str = ""
    path: str = ""
    secure: bool = False
    max_age: int | None = None
    expires: float | None = None


@dataclass(slots=True)
class _Cookie:
    value: bytes
    host_only: bool
    secure: bool
    ends: float | None


class Jar:
    """``hear`` what a server says, ``pairs`` what it is told.

    ``now`` is any steady clock, ``today`` seconds since 1970.
    """

    __slots__ = ("_cookies",)

    def __init__(self) -> None:
        self._cookies: dict[tuple[str, str, bytes], _Cookie] = {}

    def hear(self, header: bytes, host: Host, target: str, *, now: float, today: float) -> None:
        """Keep, change or forget a cookie, as the ``Set-Cookie`` of an answer to ``target`` says; or ignore it."""
        pair, _, rest = header.partition(b";")
        name, equals, value = pair.partition(b"=")
        name, value = (name.strip(), value.strip()) if equals else (b"", name.strip())
        if len(pair) > MAX_COOKIE_BYTES or not (name or value) or len(header.translate(None, _BAD)) < len(header):
            return
        said = _attributes(rest)
        domain, host_only = _domain(said.domain, host.hostname.lower())
        if domain is None or not _may_set(name, said, host, host_only=host_only):
            return
        key = (domain, said.path if said.path.startswith("/") else _default_path(target), name)
        ends = _ends(said, now, today)
        if ends is not None and ends <= now:
            self._cookies.pop(key, None)
        elif key in self._cookies or len(self._cookies) < MAX_COOKIES:
            # A changed cookie keeps its place: the oldest is said first.
            self._cookies[key] = _Cookie(value, host_only, said.secure, ends)

    def pairs(self, host: Host, target: str, now: float) -> bytes:
        """What the host is told with a request for ``target``: those of longer paths first, then the oldest."""
        told = [
            (path, name, cookie.value)
            for (domain, path, name), cookie in self._cookies.items()
            if (cookie.ends is None or cookie.ends > now)
            and _is_for(domain, host.hostname.lower(), host_only=cookie.host_only)
            and _covers(path, target)
            and (not cookie.secure or _is_trusted(host))
        ]
        told.sort(key=lambda cookie: -len(cookie[0]))
        return b"; ".join(b"%b=%b" % (name, value) if name else value for _, name, value in told)


@lru_cache(maxsize=512)
def _attributes(text: bytes) -> _Attributes:
    # A site writes the same ones for every visitor.
    said: dict[str, str] = {}
    for part in text.decode("latin-1").split(";"):
        name, _, value = part.partition("=")
        said[name.strip().lower()] = value.strip()
    age = said.get("max-age", "")
    return _Attributes(
        domain=said.get("domain", "").lower().removeprefix("."),
        path=said.get("path", ""),
        secure="secure" in said,
        max_age=int(age[:12]) if age.removeprefix("-").isdecimal() and age.isascii() else None,
        expires=seconds_of(said["expires"]) if "expires" in said else None,
    )


def _ends(said: _Attributes, now: float, today: float) -> float | None:
    if said.max_age is not None:
        return now + said.max_age if said.max_age > 0 else now
    return None if said.expires is None else now + said.expires - today


def _domain(said: str, hostname: str) -> tuple[str | None, bool]:
    """The domain a cookie is kept for, and whether for that host alone; ``None`` for a domain of somebody else."""
    if not said or said == hostname:
        return hostname, not said
    # There is no list of public suffixes here; that a bare top-level domain is nobody's is all that is known.
    if "." not in said or _is_address(hostname) or not hostname.endswith(f".{said}"):
        return None, False
    return said, False


def _may_set(name: bytes, said: _Attributes, host: Host, *, host_only: bool) -> bool:
    low = name.lower()
    if (said.secure or low.startswith((b"__secure-", b"__host-"))) and not _is_trusted(host):
        return False
    if low.startswith(b"__secure-"):
        return said.secure
    return not low.startswith(b"__host-") or (said.secure and host_only and said.path == "/")


def _is_for(domain: str, hostname: str, *, host_only: bool) -> bool:
    return hostname == domain or (not host_only and hostname.endswith(f".{domain}"))


def _covers(path: str, target: str) -> bool:
    # "/books" covers "/books", "/books/1" and "/books?page=2", but not "/bookshop".
    return path == "/" or (
        target.startswith(path) and (path.endswith("/") or target[len(path) : len(path) + 1] in "/?")
    )


def _default_path(target: str) -> str:
    return target.partition("?")[0].rpartition("/")[0] or "/"


def _is_trusted(host: Host) -> bool:
    # Browsers take this machine's own addresses for as good as TLS.
    return host.scheme == "https" or host.hostname == "localhost" or _is_loopback(host.hostname)


@lru_cache(maxsize=64)
def _is_loopback(hostname: str) -> bool:
    return _is_address(hostname) and ip_address(hostname).is_loopback


def _is_address(hostname: str) -> bool:
    try:
        ip_address(hostname)
    except ValueError:
        return False
    return True
