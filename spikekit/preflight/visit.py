"""One visitor's way in, walked slowly: the redirects, the page asked for again with and without a mark, its assets.

Everybody who looks must know beforehand how much is sent: ``MOST_REQUESTS``, one after the other, no faster than the
target's own limit.
"""

from __future__ import annotations

import secrets
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from spikekit.engine.http.reference import path_on
from spikekit.engine.plan import Host
from spikekit.engine.visitor.assets import asset_targets
from spikekit.engine.visitor.browser import CHROME_PHONE, Guise
from spikekit.engine.visitor.click_id import CLICK_IDS, MARK_BYTES
from spikekit.engine.visitor.request import Head, request_bytes
from spikekit.engine.visitor.source import Source
from spikekit.errors import Unmeasured
from spikekit.guard.trust import trusting
from spikekit.preflight.wire import Answer, Opened, Wire
from spikekit.site.masking import mask, secrets_of
from spikekit.site.model import LANDING_STEP, Step, Tls

MOST_REDIRECTS = 5
MOST_ASSETS = 10
REPEATS = 3
"""How often the page is asked for in each way. The first fills a cache; the others tell whether it answers."""

MOST_REQUESTS = MOST_REDIRECTS + 1 + 2 * REPEATS + 1 + MOST_ASSETS
"""Redirects and the page, the page again with and without a mark, once in brotli, and some of its assets.

One more where the server closes connections that it said it kept."""

LOOK_SECONDS = 60.0
"""A target so slow, or so narrowly limited, that all of it takes longer is looked at no further."""

_GUISE = Guise(CHROME_PHONE)
_UTM = {"utm_source": "facebook", "utm_medium": "social", "utm_campaign": "preflight"}
"""What all clicks of a campaign share: a cache fills once for all of them."""


@dataclass(slots=True, kw_only=True)
class Visit:
    """What was seen, as far as it went. ``cut_short`` says why it went no further.

    ``hops`` are the redirects, ``elsewhere`` where the last one leads if that is another host; ``page`` the first
    answer that is no redirect. ``plain`` and ``clicked`` are the page asked for again, without and with a mark that
    nobody had before; no ``clicked`` if a redirect takes marks off (``unmarked``). ``refused`` is a repeat that was
    answered with an error, ``bare`` what a page that was not given is without a mark. ``names`` are all assets of the
    page on this host, ``assets`` those that were asked for. ``closes``: the server keeps no connection.
    """

    opened: Opened
    again: Opened | None = None
    distrust: str | None = None
    hops: list[Answer] = field(default_factory=list)
    elsewhere: str | None = None
    page: Answer | None = None
    unmarked: bool = False
    bare: Answer | None = None
    refused: Answer | None = None
    plain: list[Answer] = field(default_factory=list)
    clicked: list[Answer] = field(default_factory=list)
    brotli: Answer | None = None
    names: tuple[str, ...] = ()
    assets: list[Answer] = field(default_factory=list)
    requests: int = 0
    closes: bool = False
    cut_short: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether there is a page to look at."""
        return self.page is not None and self.page.is_given


def visit(host: Host, landing: str, environ: Mapping[str, str], *, most_per_second: float | None = None) -> Visit:
    """Look at the landing page of ``host``. Raises ``Unmeasured`` when nobody lets us connect at all."""
    walk = _Walk(host, environ, most_per_second)
    try:
        walk.go(landing)
    except Unmeasured as lost:
        walk.seen.cut_short = lost.message
    finally:
        walk.wire.close()
    return walk.seen


class _Walk:
    """The visitor: a connection, kept as long as the server keeps it, and what it has seen."""

    def __init__(self, host: Host, environ: Mapping[str, str], most_per_second: float | None) -> None:
        self._host = host
        self._environ = environ
        self._secrets = secrets_of(host.headers, environ)
        self._until = time.perf_counter() + LOOK_SECONDS
        self._pause = 1 / most_per_second if most_per_second else 0.0
        self._lines = self._head("gzip, deflate")
        self._context = trusting(host.tls) if host.scheme == "https" else None
        if self._context is not None:
            self._context.set_alpn_protocols(["http/1.1"])
        self._session: ssl.SSLSession | None = None
        self.wire = Wire(host, self._context)
        self.seen = Visit(opened=self.wire.opened)

    def go(self, landing: str) -> None:
        """All of it, in the order in which a visitor meets it."""
        seen = self.seen
        names, entry = _marked(self._host.base_path + landing.partition("#")[0])
        target = self._arrive(entry)
        if seen.page is None:
            return
        bare = _without(target, names)
        seen.unmarked = bare == target
        if not seen.is_whole:
            seen.bare = None if seen.unmarked else self._ask(bare)[0]
            return
        self._repeat([bare] * REPEATS, seen.plain)
        if not seen.unmarked:
            self._repeat([_marked(bare)[1] for _ in range(REPEATS)], seen.clicked)
        if seen.refused is not None:
            return
        seen.brotli = self._ask(bare, lines=self._head("br"))[0]
        seen.names = asset_targets(seen.page.content, self._host, bare)
        for asset in seen.names[:MOST_ASSETS]:
            seen.assets.append(self._ask(asset, lines=self._head("gzip, deflate", asset=True))[0])
        self._shake_hands_again()

    def _arrive(self, target: str) -> str:
        """Follow redirects within the host as far as the page; returns its target."""
        seen = self.seen
        while True:
            answer, location = self._ask(target)
            if location is None:
                seen.page = answer
                return target
            seen.hops.append(answer)
            try:
                there = path_on(self._host, target, location)
            except ValueError:
                there = None
            if there is None:
                seen.elsewhere = mask(location.decode("latin-1"), self._secrets)
            if there is None or len(seen.hops) > MOST_REDIRECTS:
                return target
            target = there

    def _repeat(self, targets: list[str], given: list[Answer]) -> None:
        """Ask for the page again, until it is refused."""
        for target in targets:
            if self.seen.refused is None:
                answer = self._ask(target)[0]
                if answer.is_given:
                    given.append(answer)
                else:
                    self.seen.refused = answer

    def _ask(self, target: str, *, lines: bytes | None = None) -> tuple[Answer, bytes | None]:
        time.sleep(self._pause)
        if time.perf_counter() > self._until:
            raise Unmeasured(f"it took more than {LOOK_SECONDS:.0f} s")
        request = request_bytes("GET", target, self._lines if lines is None else lines)
        if self.seen.closes:
            self._reconnect()
        try:
            answer, location = self._sent(request, target)
        except Unmeasured:
            if not self.wire.answered:
                raise
            # The server closed a connection that it seemed to keep; every browser quietly tries once more.
            self._reconnect()
            self.seen.closes = True
            answer, location = self._sent(request, target)
        self.seen.closes = self.seen.closes or not answer.keep_alive
        return answer, location

    def _sent(self, request: bytes, target: str) -> tuple[Answer, bytes | None]:
        self.seen.requests += 1
        answer = self.wire.ask(request, target, self._secrets)
        self._session = self.wire.session or self._session
        return answer

    def _reconnect(self) -> None:
        self.wire.close()
        self.wire = Wire(self._host, self._context)

    def _head(self, codings: str, *, asset: bool = False) -> bytes:
        step = Step(name=LANDING_STEP, method="GET", path="/", headers=(("Accept-Encoding", codings),))
        head = Head(self._host, step, self._environ)
        return head.lines(_GUISE, asset=asset) + head.cookie_line(b"")

    def _shake_hands_again(self) -> None:
        """A second connection that asks for nothing: is it quicker, and would HTTP/2 be spoken?"""
        if self._context is None:
            return
        self._context.set_alpn_protocols(["h2", "http/1.1"])
        again = Wire(self._host, self._context, self._session)
        again.close()
        self.seen.again = again.opened
        if not self._host.tls.verify:
            self.seen.distrust = _distrust(self._host)


def _distrust(host: Host) -> str | None:
    """Why a browser would not trust the certificate, if it would not."""
    try:
        Wire(host, trusting(Tls(ca_file=host.tls.ca_file))).close()
    except Unmeasured as lost:
        cause = lost.__cause__
        return cause.verify_message if isinstance(cause, ssl.SSLCertVerificationError) else None
    return None


def _marked(target: str) -> tuple[frozenset[str], str]:
    """``target`` as one click asks for it, and the names that were added to it.

    The mark is drawn anew every time, whatever the seed: one that was ever asked for may lie in the cache.
    """
    known = CLICK_IDS[Source.FACEBOOK]
    mark = known.value(secrets.token_bytes(MARK_BYTES)).decode()
    already = {part.partition("=")[0] for part in target.partition("?")[2].split("&")}
    parts = {name: value for name, value in {**_UTM, known.parameter: mark}.items() if name not in already}
    query = "&".join(f"{name}={value}" for name, value in parts.items())
    return frozenset(parts), f"{target}{'&' if '?' in target else '?'}{query}"


def _without(target: str, names: frozenset[str]) -> str:
    path, _, query = target.partition("?")
    kept = "&".join(part for part in query.split("&") if part.partition("=")[0] not in names)
    return f"{path}?{kept}" if kept else path
