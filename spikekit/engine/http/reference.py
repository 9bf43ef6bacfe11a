"""Where a page's reference leads: a redirect, a picture, a style sheet. Only what stays on the host is followed."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

from spikekit.engine.plan import Host

_AS_IT_STANDS = "/%?&=+,;:@!$'()*~[]-._"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def path_on(host: Host, path: str, reference: bytes, *, base: bytes = b"") -> str | None:
    """The path and query that ``reference``, found at ``path``, means on the same host; ``None`` for any other host.

    A page may say that its references start from another ``base``. Raises ``ValueError`` for what is no address.
    """
    page = urljoin(f"{host.scheme}://{host.authority}{path}", base.decode("utf-8", "replace").strip())
    there = urlsplit(urljoin(page, reference.decode("utf-8", "replace").strip()))
    port = there.port or _DEFAULT_PORTS.get(there.scheme)
    if (there.scheme, there.hostname, port) != (host.scheme, host.hostname.lower(), host.port):
        return None
    return (there.path or "/") + (f"?{there.query}" if there.query else "")


@lru_cache(maxsize=2048)
def written(target: str) -> str:
    """A path with its query as a request's first line holds it; a fragment is the browser's own."""
    return quote(target.split("#")[0], safe=_AS_IT_STANDS)
