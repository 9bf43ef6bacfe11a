"""One step made ready to be asked for thousands of times a second: rendered as far as it can be beforehand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from spikekit.engine.plan import Host
from spikekit.engine.visitor.browser import Guise
from spikekit.engine.visitor.request import Head, request_bytes
from spikekit.engine.visitor.rows import Rows
from spikekit.engine.visitor.template import Template, Values, form_template
from spikekit.site.masking import mask, secrets_of
from spikekit.site.model import Pause, Step
from spikekit.site.pause import pause_of

Here = tuple[Host, str]
"""The page somebody is on: its host and its target there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """How visitors come in: the landing page up to the mark on their click (all of it where there is none).

    ``referrers`` are what they say they come from, by guise.
    """

    landing: str
    marks: bool = False
    referrers: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One step, compiled.

    ``code`` numbers the step among all of a run, for the recorder; ``reach`` is the chance that a visitor gets here.
    ``requests`` has the whole request of each guise where nothing else varies; ``marked`` what stands before the mark
    of a click, and what follows it for each guise, where nothing but that varies.
    """

    code: int
    step: Step
    host: Host
    path: Template
    body: Template | None
    body_quoting: str
    head: Head
    heads: tuple[bytes, ...]
    asset_heads: tuple[bytes, ...]
    requests: tuple[bytes, ...] | None
    marked: tuple[bytes, tuple[bytes, ...]] | None
    reach: float
    pause: Pause | None
    rows: Rows | None
    text: bytes | None
    captures: tuple[tuple[str, re.Pattern[str]], ...]
    secrets: tuple[tuple[str, str], ...] = ()

    def render(
        self, values: Values, cookies: bytes = b"", *, guise: int = 0, mark: bytes = b"", here: Here | None = None
    ) -> bytes:
        """The request's bytes, of somebody in that guise who has those cookies and is on that page now.

        Raises ``KeyError`` naming a placeholder without a value.
        """
        if not cookies and here is None:
            if self.marked is not None:
                return b"%b%b%b" % (self.marked[0], mark, self.marked[1][guise])
            if self.requests is not None:
                return self.requests[guise]
        lines = self.head.moving_lines(self.step.method, here) + self.head.cookie_line(cookies)
        if self.marked is not None:
            return b"%b%b HTTP/1.1\r\n%b%b\r\n" % (self.marked[0], mark, self.heads[guise], lines)
        if self.requests is not None and self.body is None and self.step.method == "GET" and not self.head.cookie:
            # All but the empty line at its end stays as it is.
            return b"%b%b\r\n" % (self.requests[guise][:-2], lines)
        if self.head.varies:
            lines += self.head.varying_lines(values)
        body = b"" if self.body is None else self.body.fill(values, self.body_quoting).encode()
        return request_bytes(self.step.method, self.target(values), self.heads[guise] + lines, body)

    def target(self, values: Values) -> str:
        """The path asked for, with its query."""
        return self.host.base_path + self.path.fill(values, "path")

    def follow(
        self, method: str, target: str, cookies: bytes, *, guise: int = 0, here: Here | None = None, body: bytes = b""
    ) -> bytes:
        """A request for another path of the same host: where a redirect points."""
        lines = self.head.moving_lines(method, here) + self.head.cookie_line(cookies)
        return request_bytes(method, target, self.heads[guise] + lines, body)

    def asset(self, target: str, cookies: bytes, *, guise: int, here: Here, conditions: bytes = b"") -> bytes:
        """A request for something that the page needs."""
        lines = self.head.moving_lines("GET", here) + self.head.cookie_line(cookies)
        return request_bytes("GET", target, self.asset_heads[guise] + lines + conditions)

    def masked(self, text: str) -> str:
        """``text`` from outside, with the names of this page's secrets in place of their values."""
        return mask(text, self.secrets)


def page_of_step(
    step: Step,
    *,
    code: int,
    host: Host,
    reach: float,
    rows: Rows | None,
    guises: tuple[Guise, ...],
    landing: str,
    entry: Entry | None,
    environ: Mapping[str, str],
) -> Page:
    """Compile a step. ``entry`` is for a visit's first page only; ``landing`` is the landing page without any mark."""
    body, kind, quoting = _body(step)
    head = Head(host, step, environ)
    referrers = entry.referrers if entry else (None,) * len(guises)
    heads = tuple(
        head.lines(guise, content_type=kind, referrer=referrer)
        for guise, referrer in zip(guises, referrers, strict=True)
    )
    is_marked = entry is not None and entry.marks and step.path == "{landing}" and step.method in ("GET", "HEAD")
    is_marked = is_marked and not head.varies
    return Page(
        code=code,
        step=step,
        host=host,
        path=Template(step.path),
        body=body,
        body_quoting=quoting,
        head=head,
        heads=heads,
        asset_heads=tuple(head.lines(guise, asset=True) for guise in guises),
        requests=_requests(step, host, head, heads, body, landing, marks=entry is not None and entry.marks),
        marked=_marked(step.method, host, head, heads, entry.landing) if entry is not None and is_marked else None,
        reach=reach,
        pause=step.pause or pause_of(step.think_seconds),
        rows=rows,
        text=step.expect.text.encode() if step.expect.text else None,
        captures=tuple((name, re.compile(pattern)) for name, pattern in step.capture),
        secrets=secrets_of((*host.headers, *step.headers), environ),
    )


def _requests(
    step: Step, host: Host, head: Head, heads: tuple[bytes, ...], body: Template | None, landing: str, *, marks: bool
) -> tuple[bytes, ...] | None:
    """The whole request of each guise, where nothing else varies."""
    settled = Template(step.path if marks else step.path.replace("{landing}", landing))
    if settled.fixed is None or head.varies or (body is not None and body.fixed is None):
        return None
    payload = body.fixed.encode() if body is not None and body.fixed is not None else b""
    lines = head.moving_lines(step.method, None) + head.cookie_line(b"")
    return tuple(request_bytes(step.method, host.base_path + settled.fixed, h + lines, payload) for h in heads)


def _marked(
    method: str, host: Host, head: Head, heads: tuple[bytes, ...], landing: str
) -> tuple[bytes, tuple[bytes, ...]]:
    # Cut where the mark goes: the rest is the same for everybody in a guise.
    before = request_bytes(method, host.base_path + landing, b"").partition(b" HTTP/1.1\r\n")[0]
    return before, tuple(b" HTTP/1.1\r\n%b%b\r\n" % (lines, head.cookie_line(b"")) for lines in heads)


def _body(step: Step) -> tuple[Template | None, str, str]:
    """The body, its content type and how values in it are quoted."""
    if step.form is not None:
        return form_template(step.form), "application/x-www-form-urlencoded", "form"
    if step.json is not None:
        return Template(step.json), "application/json", "json"
    return None, "", ""
