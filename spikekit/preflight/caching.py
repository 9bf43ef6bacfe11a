"""Does a cache answer, also when the link carries a mark? What each visitor costs where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from spikekit.files.echo import escaped
from spikekit.preflight.finding import Finding, Weight
from spikekit.preflight.visit import Visit
from spikekit.preflight.wire import SHORTEST_SECONDS, Answer
from spikekit.wording import about, duration

_TELLING = ("cache-status", "x-cache", "cf-cache-status", "x-cache-status", "x-proxy-cache", "x-vercel-cache")
"""What caches call the header that says it: RFC 9211's own, Fastly and CloudFront, Cloudflare, nginx as usually set
up, Vercel."""

_HIT = re.compile(r"\b(?:hit|stale|updating|revalidated)\b", re.IGNORECASE)
_MISS = re.compile(r"\b(?:miss|bypass|dynamic|expired|pass|fwd|none|error)\b", re.IGNORECASE)

_TELLING_RATIO, _TELLING_SECONDS = 3.0, 0.005
"""Times that differ by both are told apart although no header says why (judgement)."""

_LIKE_A_SESSION = 16
"""A value shorter than this is a language or a variant, and may well be the same for all (judgement)."""

_MARKS = (
    "leave fbclid, gclid, msclkid, twclid and utm_* out of the cache key: proxy_cache_key in nginx, a cache rule for "
    "query strings in a CDN, vcl_hash in Varnish"
)


class Origin(StrEnum):
    """Who made an answer, as far as it says."""

    CACHE = "cache"
    SERVER = "server"
    UNTOLD = "untold"


def origin(answer: Answer) -> Origin:
    """Read from the headers: of several caches in a row one hit is enough. ``Age: 0`` says nothing (Varnish)."""
    words = " ".join(answer.said(name) for name in _TELLING)
    age = answer.said("age")
    if _HIT.search(words) or (age.isdigit() and int(age) > 0):
        return Origin.CACHE
    return Origin.SERVER if _MISS.search(words) else Origin.UNTOLD


def obstacles(answer: Answer) -> list[str]:
    """What keeps a shared cache from keeping this answer (RFC 9111, 3; cookies as nginx, Varnish and CDNs do it)."""
    control = answer.said("cache-control").lower()
    words = {word.strip().partition("=")[0]: word.strip().partition("=")[2] for word in control.split(",")}
    age = words.get("s-maxage", words.get("max-age", ""))
    forbidden = not words.keys().isdisjoint({"no-store", "private", "no-cache"}) or age.strip('"') == "0"
    varies = {word.strip().lower() for word in answer.said("vary").split(",")}
    return [
        *([f"Cache-Control: {escaped(control)}"] if forbidden else []),
        *(["it sets a cookie"] if answer.said("set-cookie") else []),
        *(f"Vary: {escaped(word)}" for word in sorted(varies & {"*", "cookie", "user-agent"})),
    ]


def caching_findings(seen: Visit, peak: float | None) -> Iterator[Finding]:
    """The page without a mark, with one, and its cookies. ``peak`` in visitors/s; None: not known."""
    if len(seen.plain) < 2:
        return
    yield _page(seen, peak)
    if len(seen.clicked) > 1:
        yield _marks(seen)
    elif seen.unmarked:
        yield Finding(name="click_ids", weight=Weight.FINE, text="a redirect takes click ids off before the page")
    yield from _cookies(seen)


def _page(seen: Visit, peak: float | None) -> Finding:
    who, seconds, blocked = _who(seen.plain), _seconds(seen.plain, seen), obstacles(seen.plain[-1])
    figures = {"service_seconds": seconds}
    if who is Origin.CACHE:
        text = f"the page comes from a cache, in {_short(seconds)}"
        return Finding(name="cache", weight=Weight.FINE, text=text, figures=figures)
    if who is Origin.UNTOLD and not blocked and seconds < _TELLING_SECONDS:
        text = f"the page is made in {_short(seconds)}, whether by a cache or not"
        return Finding(name="cache", weight=Weight.FINE, text=text, figures=figures)
    cost = f"each visitor costs {_short(seconds)} of the servers" + _busy(seconds, peak)
    if blocked:
        text = f"no cache keeps the page ({'; '.join(blocked)}): {cost}"
        hint = "if it is the same for everybody: Cache-Control: public, s-maxage=60, no cookie, no such Vary"
    elif who is Origin.SERVER:
        text = f"the page may be kept, yet no cache answered when it was asked for again: {cost}"
        hint = "see how long the cache keeps it, and whether anything makes each request another for it"
    else:
        text = f"no header tells whether a cache answered; it took {_short(seconds)}" + _busy(seconds, peak)
        hint = "have the cache say so, as in nginx: add_header X-Cache $upstream_cache_status always"
    return Finding(name="cache", weight=Weight.WARNING, text=text, hint=hint, figures=figures)


def _busy(seconds: float, peak: float | None) -> str:
    # Little's law: as many are inside as come in the time that one stays.
    return (
        ""
        if peak is None or peak * seconds < 1
        else f"; at the campaign's peak {about(peak * seconds)} are in the making at once"
    )


def _marks(seen: Visit) -> Finding:
    plain, clicked = _who(seen.plain), _who(seen.clicked)
    fast, slow = (max(_seconds(answers, seen), SHORTEST_SECONDS) for answers in (seen.plain, seen.clicked))
    slower = slow > _TELLING_RATIO * fast and slow > fast + _TELLING_SECONDS
    many = f"{'more than' if fast <= SHORTEST_SECONDS else 'about'} {about(slow / fast)}"
    figures = {"plain_seconds": fast, "click_id_seconds": slow, "ratio": slow / fast}
    if plain is Origin.CACHE and clicked is not Origin.CACHE and (clicked is Origin.SERVER or slower):
        text = f"a click id defeats the cache: {_short(slow)} at the servers instead of {_short(fast)} from the cache"
        text += f", so each click costs as much as {many} cached pages" if slow > fast else ""
        return Finding(name="click_ids", weight=Weight.WARNING, text=text, hint=_MARKS, figures=figures)
    if plain is Origin.UNTOLD and slower:
        text = (
            f"with a click id the page takes {_short(slow)} instead of {_short(fast)}: it seems to pass a cache by, "
            f"and costs {many} times as much"
        )
        return Finding(name="click_ids", weight=Weight.WARNING, text=text, hint=_MARKS, figures=figures)
    if clicked is Origin.CACHE:
        text = "click ids do not defeat the cache: a new one is answered from it, too"
    else:
        text = "a click id makes no difference, for no cache was seen to answer without one either"
    return Finding(name="click_ids", weight=Weight.FINE, text=text, figures=figures)


def _cookies(seen: Visit) -> Iterator[Finding]:
    later = (*seen.plain[1:], *seen.clicked[1:])
    cached = [cookie for a in later if origin(a) is Origin.CACHE for cookie in _set_by(a)]
    shared = {name for name, value in cached if len(value) >= _LIKE_A_SESSION and cached.count((name, value)) > 1}
    if shared:
        yield Finding(
            name="cookies",
            weight=Weight.PROBLEM,
            text=f"the cache hands the same cookie to everybody ({_listed(shared)}): visitors would share one session",
            hint="take Set-Cookie off answers that are kept, or do not keep those",
        )
        return
    own = {name for a in later if origin(a) is not Origin.CACHE for name, _ in _set_by(a)}
    if own:
        yield Finding(
            name="cookies",
            weight=Weight.WARNING,
            text=f"the page sets a cookie before anybody has done anything ({_listed(own)}): most caches keep no such "
            "answer",
            hint="set it with the first thing that needs it (a basket, a login), or from a script",
        )


def _set_by(answer: Answer) -> list[tuple[str, str]]:
    """Names and values of the cookies that an answer sets."""
    pairs = (value.partition(";")[0].partition("=") for name, value in answer.headers if name == "set-cookie")
    return [(name.strip(), value.strip()) for name, _, value in pairs]


def _listed(names: set[str]) -> str:
    """Names alone: a value may be somebody's session."""
    return ", ".join(escaped(name) for name in sorted(names))


def _who(answers: Sequence[Answer]) -> Origin:
    """Who answers once the first has filled what there is to fill; of several caches side by side one is enough."""
    found = [origin(answer) for answer in answers[1:]]
    if Origin.CACHE in found:
        return Origin.CACHE
    return Origin.SERVER if Origin.SERVER in found else Origin.UNTOLD


def _seconds(answers: Sequence[Answer], seen: Visit) -> float:
    """What the other side needs for an answer: the quickest of the later ones, less a round trip."""
    return max(min(a.seconds for a in answers[1:]) - seen.opened.round_trip_seconds, 0.0)


def _short(seconds: float) -> str:
    return "under 0.1 ms" if seconds <= SHORTEST_SECONDS else duration(seconds)
