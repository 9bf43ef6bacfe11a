"""The path of a request → the page it opens, if it opens one."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

_ASSET = re.compile(
    rb"\.(?:css|js|mjs|map|png|jpe?g|gif|svg|webp|avif|ico|bmp|woff2?|ttf|otf|eot|mp4|webm|mp3|ogg|m4a|m3u8|ts|wav|pdf|zip"
    rb"|gz|txt|xml|json|webmanifest|wasm|csv|rss|atom|vtt|swf)\Z|/(?:api|graphql|_next|wp-json|cdn-cgi|\.well-known)/",
    re.IGNORECASE,
)
"""What pages load, and what programs ask for; nobody's visit begins there."""

_WHOLE = re.compile(rb"https?://[^/?#]*", re.IGNORECASE)
LONGEST = 200


def page(path: bytes) -> bytes:
    """The page at a path, one spelling for one page; empty for style sheets, pictures, interfaces and the like."""
    if path[:4].lower() == b"http":
        path = _WHOLE.sub(b"", path, count=1) or b"/"
    if not path.startswith(b"/") or _ASSET.search(path):
        return b""
    if b"%" in path:
        path = unquote_to_bytes(path)
    return path[:LONGEST].rstrip(b"/") or b"/"


def landing(address: str) -> bytes:
    """The page that a declared landing page means: its path, whatever its host and query."""
    return page(address.split("#")[0].split("?")[0].encode()) or b"/"
