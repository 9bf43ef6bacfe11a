"""One visitor's way in, walked slowly: the redirects, the page asked for again with and without a mark, its assets.

Everybody who looks must know beforehand how much is sent: ``MOST_REQUESTS``, one after the other, no faster than the
target's own limit.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping

from spikekit.engine.http.reference import path_on
from spikekit.engine.plan import Host
from spikekit.engine.visitor.assets import asset_targets
from spikekit.engine.visitor.browser import CHROME_PHONE, Guise
from spikekit.engine.visitor.request import Head, request_bytes
from spikekit.errors import Unmeasured
from spikekit.guard.trust import trusting
from spikekit.preflight.mark import is_marked, marked, without
from spikekit.preflight.visit import MOST_ASSETS, MOST_REDIRECTS, REPEATS, Visit
from spikekit.preflight.wire import Answer, Wire
from spikekit.site.masking import mask, secrets_of
from spikekit.site.model import LANDING_STEP, Step, Tls

LOOK_SECONDS = 60.0
"""A target so slow, or so narrowly limited, that all of it takes longer is looked at no further."""

_GUISE = Guise(CHROME_PHONE)


def walk(host: Host, landing: str, environ: Mapping[str, str], *, most_per_second: float | None = None) -> Visit:
    """Look at the landing page of ``host``. Raises ``Unmeasured`` when nobody lets us connect at all."""
    way = _Walk(host, environ, most_per_second)
    try:
        way.go(landing)
    except Unmeasured as lost:
        way.seen.cut_short = lost.message
    finally:
        way.wire.close()
    return way.seen


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
        names, entry = marked(self._host.base_path + landing.partition("#")[0])
        target = self._arrive(entry)
        page = seen.page
        if page is None:
            return
        bare = without(target, names)
        seen.unmarked = not is_marked(target)
        if not seen.is_whole:
            seen.bare = None if seen.unmarked else self._ask(bare)[0]
            return
        seen.names = asset_targets(page.content, self._host, bare)
        self._repeat([bare] * REPEATS, seen.plain)
        if not seen.unmarked:
            self._repeat([marked(bare)[1] for _ in range(REPEATS)], seen.clicked)
        if seen.refused is not None:
            return
        seen.brotli = self._ask(bare, lines=self._head("br"))[0]
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
