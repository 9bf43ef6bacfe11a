"""What the shop answers: pages for visitors with a session, an API, assets, and what it counted."""

from __future__ import annotations

import json
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qs

from spikekit.shop import catalogue, pages
from spikekit.shop.assets import ASSETS
from spikekit.shop.capacity import Refusal
from spikekit.shop.message import Answer, Request
from spikekit.shop.truth import Truth

CONSENT_PATH = "/.well-known/spikekit-consent"
HTML = "text/html; charset=utf-8"
JSON = "application/json"
PRIVATE = "private, no-store"
FRESH_FOR_AN_HOUR = "public, max-age=3600"


@dataclass(slots=True)
class Session:
    """One visitor: the key of their cookie, and the books in their basket."""

    key: str
    basket: list[catalogue.Book] = field(default_factory=list)


class Bookshop:
    """Answers requests. The csrf of a form belongs to a session: someone else's gets 403, as on any real shop.

    With ``apologize`` whoever is turned away gets a friendly page with status 200.
    """

    def __init__(self, *, consent: str | None, apologize: bool = False) -> None:
        self._apologize = apologize
        self._secret = secrets.token_bytes(16)
        self._sessions: dict[str, Session] = {}
        self._orders = 0
        self._routes: dict[str, dict[str, Callable[[Request], Answer]]] = {
            "/": {"GET": lambda r: self._page(r, pages.home())},
            "/books": {"GET": lambda r: self._page(r, pages.shelf())},
            "/search": {"GET": self._search},
            "/basket": {"GET": self._show_basket, "POST": self._add_to_basket},
            "/checkout": {"POST": self._check_out},
            "/api/order": {"POST": self._order},
            "/health": {"GET": lambda r: _document(r, "text/plain", "ok\n")},
        }
        if consent is not None:
            self._routes[CONSENT_PATH] = {"GET": lambda r: _document(r, "text/plain", f"{consent}\n")}

    @staticmethod
    def is_cheap(path: str) -> bool:
        """Whether a path is served beside the slots, as from a CDN."""
        return path.startswith(("/static/", "/.well-known/")) or path == "/health"

    @property
    def visitors(self) -> int:
        """How many sessions were opened: visitors who were given at least one page."""
        return len(self._sessions)

    def truth(self, truth: Truth) -> Answer:
        """The counts so far as JSON; asking is not itself counted."""
        body = json.dumps(truth.document(visitors=self.visitors)).encode()
        return Answer(status=200, headers=f"Content-Type: {JSON}\r\n", body=body)

    def refusal(self, refusal: Refusal) -> Answer:
        """What someone sees who is turned away."""
        text = "Too many requests" if refusal.status == 429 else "We are very busy"
        return Answer(
            status=200 if self._apologize else refusal.status,
            headers=f"Content-Type: {HTML}\r\nRetry-After: {refusal.retry_after_seconds}\r\n",
            body=pages.message(text, "Please come back in a moment.").encode(),
        )

    @staticmethod
    def wall() -> Answer:
        """What a bot wall answers to everybody it takes for one."""
        body = pages.message("Are you human?", "Please prove that you are not a robot.").encode()
        return Answer(status=403, headers=f"Content-Type: {HTML}\r\n", body=body)

    def answer(self, request: Request) -> Answer:
        """The answer to any request: a page, an asset, or the fitting error."""
        if request.path in ASSETS:
            actions: dict[str, Callable[[Request], Answer]] = {"GET": _asset}
        elif request.path.startswith("/books/"):
            actions = {"GET": self._book}
        else:
            actions = self._routes.get(request.path, {})
        if not actions:
            return self._page(request, pages.message("Not found", "There is no such page."), status=404)
        action = actions.get("GET" if request.method == "HEAD" else request.method)
        if action is None:
            allowed = ", ".join([*actions, "HEAD"] if "GET" in actions else actions)
            return Answer(status=405, headers=f"Allow: {allowed}\r\n")
        return action(request)

    def _book(self, request: Request) -> Answer:
        found = catalogue.book(request.path.removeprefix("/books/"))
        if found is None:
            return self._page(request, pages.message("Not found", "There is no such book."), status=404)
        session = self._session(request)
        return self._page(request, pages.detail(found, self._csrf(session)), session=session, shared=False)

    def _search(self, request: Request) -> Answer:
        text = parse_qs(request.query).get("q", [""])[0]
        return self._page(request, pages.found(text, catalogue.search(text)), shared=False)

    def _show_basket(self, request: Request) -> Answer:
        session = self._session(request)
        text = pages.basket(session.basket, self._csrf(session))
        return self._page(request, text, session=session, shared=False)

    def _add_to_basket(self, request: Request) -> Answer:
        form, session = _form(request), self._session(request)
        if not secrets.compare_digest(form.get("csrf", "").encode(), self._csrf(session).encode()):
            return self._page(request, pages.message("Forbidden", "This form is not yours."), status=403)
        found = catalogue.book(form.get("id", ""))
        if found is None:
            return self._page(request, pages.message("Not found", "There is no such book."), status=404)
        session.basket.append(found)
        return self._show_basket(request)

    def _check_out(self, request: Request) -> Answer:
        session = self._session(request)
        if not session.basket:
            return self._page(request, pages.message("Nothing to pay", "Your basket is empty."), status=409)
        session.basket.clear()
        self._orders += 1
        return self._page(request, pages.message("Thank you", f"Order {self._orders} is on its way."), shared=False)

    def _order(self, request: Request) -> Answer:
        try:
            wanted = json.loads(request.body)
        except (ValueError, RecursionError):
            wanted = None
        if not isinstance(wanted, dict):
            return _document(request, JSON, '{"error": "expected a JSON object"}\n', status=400, shared=False)
        self._orders += 1
        return _document(request, JSON, f'{{"order": {self._orders}}}\n', status=201, shared=False)

    def _session(self, request: Request) -> Session:
        key = request.cookie("session")
        session = self._sessions.get(key) if key else None
        return session or Session(secrets.token_hex(8))

    def _csrf(self, session: Session) -> str:
        return blake2b(session.key.encode(), key=self._secret, digest_size=12).hexdigest()

    def _page(
        self, request: Request, text: str, *, status: int = 200, session: Session | None = None, shared: bool = True
    ) -> Answer:
        """A page; ``shared`` when every visitor gets the very same text. A new visitor is given a session."""
        session = session or self._session(request)
        answer = _document(request, HTML, text, status=status, cache=PRIVATE, shared=shared)
        if session.key not in self._sessions:
            self._sessions[session.key] = session
            answer.headers += f"Set-Cookie: session={session.key}; Path=/; HttpOnly; SameSite=Lax\r\n"
        return answer


def _asset(request: Request) -> Answer:
    kind, text = ASSETS[request.path]
    return _document(request, kind, text, cache=FRESH_FOR_AN_HOUR)


def _document(
    request: Request, kind: str, text: str, *, status: int = 200, cache: str = "no-cache", shared: bool = True
) -> Answer:
    headers = f"Content-Type: {kind}\r\nCache-Control: {cache}\r\nVary: Accept-Encoding\r\n"
    if not request.takes_gzip:
        return Answer(status=status, headers=headers, body=text.encode())
    body = _zipped_once(text) if shared else _zipped(text)
    return Answer(status=status, headers=f"{headers}Content-Encoding: gzip\r\n", body=body)


def _zipped(text: str) -> bytes:
    # Level 1: the shop is to be limited by its slots, not by our CPU. 31 asks zlib for gzip's frame.
    packer = zlib.compressobj(1, wbits=31)
    return packer.compress(text.encode()) + packer.flush()


_zipped_once = lru_cache(maxsize=256)(_zipped)


def _form(request: Request) -> dict[str, str]:
    fields: dict[str, Any] = parse_qs(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}
