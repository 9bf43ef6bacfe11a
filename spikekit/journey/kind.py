"""What a request was for. Browsers say it in different ways; the surest are asked first.

1. ``Sec-Fetch-Dest`` and ``Sec-Purpose``, which every current browser sends to https and localhost;
2. Chrome's ``_resourceType``;
3. what the request accepts, and what came back.
"""

from __future__ import annotations

import re
from enum import StrEnum

from spikekit.journey.recording import Exchange


class Kind(StrEnum):
    """Pages and calls become steps, assets become ``assets: auto``; the others are left out."""

    PAGE = "page"
    CALL = "call"
    ASSET = "asset"
    FRAME = "frame"
    BEACON = "beacon"
    SOCKET = "socket"
    PREFETCH = "prefetch"
    PREFLIGHT = "preflight"
    INTERNAL = "internal"


_DESTINATIONS = {"document": Kind.PAGE, "empty": Kind.CALL} | dict.fromkeys(
    ("iframe", "frame", "embed", "object", "fencedframe"), Kind.FRAME
)
_HINTS = {
    "document": Kind.PAGE,
    "xhr": Kind.CALL,
    "fetch": Kind.CALL,
    "ping": Kind.BEACON,
    "beacon": Kind.BEACON,
    "csp-violation-report": Kind.BEACON,
    "cspviolationreport": Kind.BEACON,
    "websocket": Kind.SOCKET,
    "eventsource": Kind.SOCKET,
    "preflight": Kind.PREFLIGHT,
    "prefetch": Kind.PREFETCH,
} | dict.fromkeys(("image", "stylesheet", "script", "font", "media", "manifest", "texttrack"), Kind.ASSET)

_ASSET_MIME = re.compile(r"(image|font|audio|video)/|text/css|[a-z]+/(x-)?(java|ecma)script|application/(wasm|font)")
_ASSET_PATH = re.compile(
    r"\.(css|m?js|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|eot|mp[34]|webm|map|webmanifest)\Z", re.IGNORECASE
)


def kind_of(exchange: Exchange) -> Kind:
    """What the request was for."""
    if exchange.url.scheme in ("ws", "wss") or "websocket" in exchange.header("upgrade").lower():
        return Kind.SOCKET
    if exchange.url.scheme not in ("http", "https"):
        return Kind.INTERNAL
    if exchange.method == "OPTIONS":
        return Kind.PREFLIGHT
    if "prefetch" in (exchange.header("sec-purpose") + exchange.header("purpose")).lower():
        return Kind.PREFETCH
    return _answered_for(exchange, _said(exchange) or _guessed(exchange))


def _said(exchange: Exchange) -> Kind | None:
    """What the browser itself says."""
    # A beacon's and a stream's destination is "empty", as a call's is: Chrome's word tells them apart.
    hint = _HINTS.get(exchange.hint)
    if hint in (Kind.BEACON, Kind.SOCKET, Kind.PREFLIGHT, Kind.PREFETCH):
        return hint
    destination = exchange.header("sec-fetch-dest").lower()
    if destination:
        return _DESTINATIONS.get(destination, Kind.ASSET)
    return hint


def _guessed(exchange: Exchange) -> Kind:
    """What it looks like: opening a page accepts HTML first of all, scripts ask for anything or for JSON."""
    accept, mime = exchange.header("accept").lower(), exchange.answer.mime
    if exchange.header("x-requested-with"):
        return Kind.CALL
    if accept.startswith(("text/html", "application/xhtml")):
        return Kind.PAGE
    if exchange.method == "GET" and (_ASSET_MIME.match(mime) or _ASSET_PATH.search(exchange.url.path)):
        return Kind.ASSET
    if accept or (mime and not mime.startswith(("text/html", "application/xhtml"))):
        return Kind.CALL
    return Kind.PAGE


def _answered_for(exchange: Exchange, kind: Kind) -> Kind:
    """A call may turn out to have fetched a picture, a stream of events, or to have only reported something."""
    if kind is not Kind.CALL:
        return kind
    mime = exchange.answer.mime
    if mime.startswith("text/event-stream"):
        return Kind.SOCKET
    if exchange.method == "GET" and _ASSET_MIME.match(mime):
        return Kind.ASSET
    if exchange.method == "GET" and exchange.answer.status == 204:
        return Kind.BEACON
    sent = exchange.sent.mime.lower() if exchange.sent else ""
    return Kind.BEACON if sent.startswith(("text/ping", "application/csp-report", "application/reports")) else kind
