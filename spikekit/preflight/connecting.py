"""What a connection costs: the round trip, the handshake, whether it is kept; and whether the certificate lasts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from spikekit.files.echo import escaped
from spikekit.preflight.finding import Finding, Weight
from spikekit.preflight.visit import Visit
from spikekit.preflight.wire import SHORTEST_SECONDS
from spikekit.wording import about, duration, plural

_SOON = timedelta(days=14)
"""Certificates are renewed weeks before their end (Let's Encrypt's clients: 30 days); one this near was forgotten."""


def connecting_findings(
    seen: Visit, peak: float | None, *, now: datetime, needed_until: datetime | None, production_tls: bool
) -> Iterator[Finding]:
    """``peak`` in visitors/s and ``needed_until``, the launch: None where not known."""
    yield _kept(seen)
    if seen.opened.handshake_seconds is not None:
        yield _handshake(seen, seen.opened.handshake_seconds, peak)
        yield from _certificate(seen, now, needed_until)
    elif production_tls:
        yield Finding(
            name="tls",
            weight=Weight.WARNING,
            text="no TLS here, but production speaks it: what its handshakes cost is not in any measurement",
            hint="give the target an https:// address where staging has one",
        )


def _kept(seen: Visit) -> Finding:
    trip = max(seen.opened.round_trip_seconds, SHORTEST_SECONDS)
    figures = {"round_trip_seconds": trip, "requests_per_visit": float(seen.requests_each)}
    if not seen.closes:
        text = f"a connection takes a round trip of {duration(trip)}, and serves one request after the other"
        return Finding(name="connections", weight=Weight.FINE, text=text, figures=figures)
    each = trip + (seen.opened.handshake_seconds or 0.0)
    return Finding(
        name="connections",
        weight=Weight.WARNING,
        text=f"the server closes after an answer: each of a visit's {plural(seen.requests_each, 'request')} costs "
        f"a fresh connection ({duration(each)})",
        hint="switch on keep-alive (nginx: keepalive_timeout 65s)",
        figures=figures,
    )


def _handshake(seen: Visit, seconds: float, peak: float | None) -> Finding:
    version, again = seen.opened.version or "TLS", seen.again
    text = f"{version.replace('v', ' ')}: a handshake takes {duration(seconds)}"
    if peak is not None:
        text += f", and the campaign's peak brings {about(peak)} a second (browsers with HTTP/1.1 up to six times that)"
    if again is not None:
        text += "; a second one is resumed" if again.resumed else "; a second one is not resumed"
        text += "; HTTP/2 is spoken too" if again.protocol == "h2" else "; no HTTP/2"
    old = version != "TLSv1.3"
    hint = None
    if old:
        hint = "switch on TLS 1.3: it saves each new visitor a round trip"
    elif again is not None and not again.resumed:
        hint = "tickets or a session cache save the servers most of a returning browser's handshake"
    return Finding(
        name="tls",
        weight=Weight.WARNING if old else Weight.FINE,
        text=text,
        hint=hint,
        figures={"handshake_seconds": seconds} | ({} if peak is None else {"handshakes_per_second": peak}),
    )


def _certificate(seen: Visit, now: datetime, needed_until: datetime | None) -> Iterator[Finding]:
    if seen.distrust is not None:
        yield Finding(
            name="certificate",
            weight=Weight.WARNING,
            text=f"browsers would not trust its certificate: {escaped(seen.distrust)} (tls.verify is false, so it is "
            "borne here)",
            hint="a missing intermediate certificate or another name fails in production for everybody",
        )
    if seen.opened.expires is None:
        return
    until = datetime.fromtimestamp(seen.opened.expires, UTC)
    days = (until - now) / timedelta(days=1)
    early = needed_until is not None and until < needed_until
    ends = f"its certificate ends on {until.day} {until:%B %Y}, in {about(days)} days"
    yield Finding(
        name="certificate",
        weight=Weight.PROBLEM if early else Weight.WARNING if until - now < _SOON else Weight.FINE,
        text=ends + (", before the campaign begins" if early else ""),
        hint="renew it, and see who should have" if early or until - now < _SOON else None,
        figures={"days_left": days},
    )
