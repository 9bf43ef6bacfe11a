"""A journey made ready to be walked thousands of times a second: requests rendered as far as they can be beforehand."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from operator import mul
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urlencode

from spikekit import __version__
from spikekit.engine.plan import Host, Plan
from spikekit.profile.model import Stream
from spikekit.site.model import Journey, Secret, Step

if TYPE_CHECKING:
    from spikekit.engine.locust_journey import UserJourney

USER_AGENT = f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) spikekit/{__version__}"
_HOLE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
Values = Mapping[str, str]


class Template:
    """Text with ``{placeholders}``, split once. ``fill`` quotes each value for where it goes."""

    __slots__ = ("_parts", "fixed")

    def __init__(self, text: str) -> None:
        self._parts = _HOLE.split(text)
        self.fixed = text if len(self._parts) == 1 else None

    def fill(self, values: Values, quoting: str) -> str:
        """The text with its values. Raises ``KeyError`` for a value nobody captured or gave."""
        if self.fixed is not None:
            return self.fixed
        return "".join(_quoted(values[part], quoting, part) if i % 2 else part for i, part in enumerate(self._parts))


def _quoted(value: str, quoting: str, name: str) -> str:
    if quoting == "path":
        # The landing page is a whole path with its query; anything else fills one place in one.
        return value if name == "landing" else quote(value, safe="")
    if quoting == "form":
        return quote_plus(value)
    return json.dumps(value, ensure_ascii=False)[1:-1]


@dataclass(frozen=True, slots=True)
class Page:
    """One step, compiled. ``request`` is whole when nothing in it varies, else ``None``.

    ``code`` numbers the step among all of a run, for the recorder; ``reach`` is the chance that a visitor gets here.
    """

    code: int
    step: Step
    host: Host
    path: Template
    body: Template | None
    body_quoting: str
    head: bytes
    request: bytes | None
    reach: float
    rows: tuple[Values, ...]
    text: bytes | None
    captures: tuple[tuple[str, re.Pattern[str]], ...]
    secrets: tuple[tuple[str, str], ...] = ()

    def render(self, values: Values, cookies: Mapping[str, str]) -> bytes:
        """The request's bytes. Raises ``KeyError`` naming a placeholder without a value."""
        if self.request is not None and not cookies:
            return self.request
        body = b"" if self.body is None else self.body.fill(values, self.body_quoting).encode()
        return request_bytes(self.step.method, self.target(values), self.head, cookies, body)

    def target(self, values: Values) -> str:
        """The path asked for, with its query."""
        return self.host.base_path + self.path.fill(values, "path")

    def follow(self, method: str, target: str, cookies: Mapping[str, str], body: bytes = b"") -> bytes:
        """A request for another path of the same host: where a redirect points, or an asset."""
        return request_bytes(method, target, self.head, cookies, body)

    def masked(self, text: str) -> str:
        """``text`` from outside, with the names of this page's secrets in place of their values."""
        return mask(text, self.secrets)


@dataclass(frozen=True, slots=True)
class Script:
    """What the visitors of one stream who take one journey do; ``locust`` where a class of the user's own says so."""

    pages: tuple[Page, ...]
    values: Values
    locust: UserJourney | None = None

    def pages_for(self, luck: float) -> int:
        """How many pages a visitor goes on to want, for one uniform draw in [0, 1); at least the first."""
        wanted = len(self.pages)
        while wanted > 1 and luck >= self.pages[wanted - 1].reach:
            wanted -= 1
        return wanted


class Library:
    """Every script of a plan, and the steps' names by code (``names[code]``)."""

    def __init__(self, plan: Plan, environ: Mapping[str, str], tables: Mapping[Path, tuple[Values, ...]]) -> None:
        self._environ = environ
        self._tables = tables
        self._hosts = {host.name: host for host in plan.hosts}
        self._default = plan.hosts[0]
        self.names: list[str] = []
        self._journeys = {j.name: j for j in plan.journeys}
        self._codes: dict[str, int] = {}
        self.streams = [self._stream(stream) for stream in plan.profile.streams]

    def _stream(self, stream: Stream) -> tuple[tuple[float, Script], ...]:
        """Cumulative shares with their scripts."""
        shares = list(accumulate(share for _, share in stream.journey))
        scripts = [self._script(self._journeys[name], stream) for name, _ in stream.journey]
        return tuple(zip(shares, scripts, strict=True))

    def _script(self, journey: Journey, stream: Stream) -> Script:
        values = {"landing": _with_utm(stream.landing, stream.utm)}
        if journey.locust is not None:
            return Script((), values, locust=self._user_journey(journey))
        reaches = accumulate((step.continue_ratio for step in journey.steps), mul)
        pages: list[Page] = []
        rows: tuple[Values, ...] = ()
        for step, reach in zip(journey.steps, reaches, strict=True):
            rows = self._tables[step.data] if step.data else ()
            pages.append(self._page(step, reach, rows, values, stream if not pages else None))
        return Script(tuple(pages), values)

    def _page(self, step: Step, reach: float, rows: tuple[Values, ...], values: Values, first: Stream | None) -> Page:
        host = self._hosts[step.host] if step.host else self._default
        path = Template(step.path)
        body, kind, quoting = _body(step)
        head = _head(host, step, kind, first.referrer if first else None, self._environ)
        settled = Template(step.path.replace("{landing}", values["landing"]))
        request = None
        if settled.fixed is not None and (body is None or body.fixed is not None):
            payload = body.fixed.encode() if body is not None and body.fixed is not None else b""
            request = request_bytes(step.method, host.base_path + settled.fixed, head, {}, payload)
        return Page(
            code=self._code(step.name),
            step=step,
            host=host,
            path=path,
            body=body,
            body_quoting=quoting,
            head=head,
            request=request,
            reach=reach,
            rows=rows,
            text=step.expect.text.encode() if step.expect.text else None,
            captures=tuple((name, re.compile(pattern)) for name, pattern in step.capture),
            secrets=secrets_of((*host.headers, *step.headers), self._environ),
        )

    def _user_journey(self, journey: Journey) -> UserJourney:
        # Importing Locust patches this process: only a generator may, and only where it is needed.
        from spikekit.engine.locust_journey import UserJourney

        return UserJourney(journey, tuple(self._hosts.values()), self._environ)

    def _code(self, name: str) -> int:
        if name not in self._codes:
            self._codes[name] = len(self.names)
            self.names.append(name)
        return self._codes[name]


def table_texts(plan: Plan) -> dict[str, str]:
    """Every CSV file the plan's journeys draw rows from, by its path: for workers that cannot see the files."""
    paths = {step.data for journey in plan.journeys for step in journey.steps if step.data}
    return {str(path): path.read_text(encoding="utf-8-sig") for path in paths}


def tables_of(texts: Mapping[str, str]) -> dict[Path, tuple[Values, ...]]:
    """The rows of those files."""
    return {
        Path(path): tuple(csv.DictReader(io.StringIO(text, newline=""), restval="")) for path, text in texts.items()
    }


def _table(text: str) -> tuple[Values, ...]:
    return tuple(csv.DictReader(io.StringIO(text, newline=""), restval=""))


def read_tables(plan: Plan) -> dict[Path, tuple[Values, ...]]:
    """The rows of every CSV file of the plan."""
    return tables_of(table_texts(plan))


def _with_utm(landing: str, utm: tuple[tuple[str, str], ...]) -> str:
    if not utm:
        return landing
    query = urlencode([(f"utm_{key}", value) for key, value in utm])
    return f"{landing}{'&' if '?' in landing else '?'}{query}"


def _body(step: Step) -> tuple[Template | None, str, str]:
    """The body, its content type and how values in it are quoted."""
    if step.form is not None:
        # Only the braces of placeholders may stay as they are.
        text = "&".join(f"{quote_plus(k)}={_form_value(v)}" for k, v in step.form)
        return Template(text), "application/x-www-form-urlencoded", "form"
    if step.json is not None:
        return Template(step.json), "application/json", "json"
    return None, "", ""


def _form_value(value: str) -> str:
    parts = _HOLE.split(value)
    return "".join(f"{{{part}}}" if i % 2 else quote_plus(part) for i, part in enumerate(parts))


def _head(host: Host, step: Step, kind: str, referrer: str | None, environ: Mapping[str, str]) -> bytes:
    """The headers that do not vary, each with its line end."""
    headers = {
        "Host": host.authority,
        "User-Agent": USER_AGENT,
        "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
        "Accept-Language": "en-GB,en;q=0.7",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "keep-alive",
    }
    if referrer:
        headers["Referer"] = referrer
    if kind:
        headers["Content-Type"] = kind
    for name, value in (*host.headers, *step.headers):
        known = next((n for n in headers if n.lower() == name.lower()), name)
        text = environ[value.name] if isinstance(value, Secret) else value
        if not text.isprintable():
            raise ValueError(f"the header {name} holds a line break or control character")
        headers[known] = text
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("utf-8")


def secrets_of(headers: Iterable[tuple[str, str | Secret]], environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Values with their names, and the bare token of ``Bearer TOKEN`` too, for a server may repeat just that."""
    named = [(environ[v.name], v.name) for _, v in headers if isinstance(v, Secret)]
    return tuple((part, name) for value, name in named for part in (value, value.split()[-1]) if len(part) > 3)


def mask(text: str, secrets: Iterable[tuple[str, str]]) -> str:
    """``text`` from outside, with names in place of the values of ``secrets_of``."""
    for value, name in secrets:
        text = text.replace(value, f"env:{name}")
    return text


def body_of(request: bytes) -> bytes:
    """What follows a request's head."""
    return request.partition(b"\r\n\r\n")[2]


def request_bytes(method: str, target: str, head: bytes, cookies: Mapping[str, str], body: bytes = b"") -> bytes:
    """One request, ready to send. ``target`` is a path with its query; a fragment is the browser's own."""
    path = quote(target.split("#")[0], safe="/%?&=+,;:@!$'()*~[]-._")
    # As they came: a server's bytes beyond ASCII go back unchanged.
    pairs = "; ".join(f"{k}={v}" for k, v in cookies.items())
    cookie = b"Cookie: %s\r\n" % pairs.encode("latin-1") if cookies else b""
    length = f"Content-Length: {len(body)}\r\n".encode() if body or method not in ("GET", "HEAD") else b""
    return b"%s %s HTTP/1.1\r\n%s%s%s\r\n%s" % (method.encode(), path.encode(), head, cookie, length, body)
