"""A look at the target before a load: whether anybody is there to receive it, and what its pages cost."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address

import httpx

from spikekit.engine.http.exchange import MAX_TEXT_BYTES
from spikekit.engine.http.reference import path_on, written
from spikekit.engine.plan import Host
from spikekit.engine.visitor.assets import asset_targets
from spikekit.engine.visitor.browser import CHROME_PHONE, SUFFIX, Guise
from spikekit.errors import Unmeasured
from spikekit.guard.trust import trusting
from spikekit.profile.model import Stream
from spikekit.profile.requests import PageRequests, path_of
from spikekit.site.masking import mask, secrets_of
from spikekit.site.secrets import resolve
from spikekit.trial.asked import Asked, host_of_target, journey_named

_PROBE_SECONDS = 15.0
_LARGEST_PAGE = 64 * 1024 * 1024
_MOST_REDIRECTS = 5
_MOST_PAGES = 8
_GUISE = Guise(CHROME_PHONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What the landing page weighs, unpacked, and what each page that was looked at costs with all it needs."""

    page_bytes: int
    pages: PageRequests


def knock(asked: Asked, address: str, environ: Mapping[str, str] = os.environ) -> None:
    """One GET of the busiest stream's landing page. Raises ``Unmeasured`` when nobody answers."""
    with _asking(asked, address, environ) as asking:
        asking.answer(busiest(asked).landing)


def look(asked: Asked, address: str, environ: Mapping[str, str] = os.environ) -> Looked:
    """Each page that visitors load with all it needs, as far as its path is known, at the permitted address, once.

    Raises ``Unmeasured`` when nobody answers for the busiest stream's landing page: a load against nobody would
    measure nothing. Other pages may fail, or be too many or too slow to look at: then nobody has seen them.
    """
    entry, until = busiest(asked).landing, time.monotonic() + _PROBE_SECONDS
    with _asking(asked, address, environ) as asking:
        first = asking.page(entry)
        seen = {} if first.requests is None else {entry: first.requests}
        for path in [path for path in _whole_pages(asked) if path != entry][: _MOST_PAGES - 1]:
            if time.monotonic() < until:
                with contextlib.suppress(httpx.HTTPError, httpx.InvalidURL):
                    page = asking.page(path)
                    seen |= {} if page.requests is None else {path: page.requests}
    return Looked(page_bytes=first.page_bytes, pages=replace(asked.pages, seen=seen))


def busiest(asked: Asked) -> Stream:
    """The stream that brings most visitors."""
    return max(asked.profile.streams, key=lambda s: s.curve.total)


def _whole_pages(asked: Asked) -> list[str]:
    """Paths on the target that are loaded with all they need, and the same for everybody."""
    found = (
        path_of(step, stream.landing)
        for stream in sorted(asked.profile.streams, key=lambda s: -s.curve.total)
        for name, _ in stream.journey
        for step in journey_named(name, asked.site).steps
        if step.assets == "auto" and step.method == "GET" and step.host in (None, asked.target.name)
    )
    return [path for path in dict.fromkeys(found) if "{" not in path]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    page_bytes: int
    requests: float | None


@contextlib.contextmanager
def _asking(asked: Asked, address: str, environ: Mapping[str, str]) -> Iterator[_Asking]:
    target = asked.target
    try:
        with httpx.Client(verify=trusting(target.tls), timeout=_PROBE_SECONDS, trust_env=False) as client:
            yield _Asking(client, asked, address, environ)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        why = mask(str(error) or type(error).__name__, secrets_of(target.headers, environ))
        hint = "is it up? nothing was sent"
        if "CERTIFICATE_VERIFY_FAILED" in why:
            hint = "name its authority's certificate under tls.ca_file of the target in site.yaml; nothing was sent"
        raise Unmeasured(f"target {target.name} does not answer at {target.url}: {why}", hint=hint) from error


class _Asking:
    """Asks as the visitors' browsers will, one page after the other, no faster than the target's own limit."""

    def __init__(self, client: httpx.Client, asked: Asked, address: str, environ: Mapping[str, str]) -> None:
        self._client = client
        self._host = host_of_target(asked.target, (ip_address(address),))
        self._url = httpx.URL(asked.target.url).copy_with(host=address)
        self._headers = {
            "User-Agent": CHROME_PHONE + SUFFIX,
            "Accept": _GUISE.accept,
            **dict(resolve(asked.target.headers, environ)),
            "Host": self._host.authority,
        }
        limit = asked.target.limits.requests_per_second
        self._pause = 1 / limit if limit else 0.0

    def answer(self, path: str) -> tuple[httpx.Response, bytes, int]:
        """The answer at that path, what a visitor looks through of it, and its whole size."""
        return self._sent(written(self._host.base_path + path))

    def page(self, path: str) -> _Page:
        """The page behind that path's redirects within the host, which are requests too."""
        here, hops = written(self._host.base_path + path), 0
        answer, content, size = self._sent(here)
        while hops < _MOST_REDIRECTS and (there := _redirected(self._host, here, answer)) is not None:
            here, hops = there, hops + 1
            answer, content, size = self._sent(here)
        if answer.status_code != httpx.codes.OK:
            return _Page(page_bytes=size, requests=None)
        return _Page(page_bytes=size, requests=1.0 + hops + len(asset_targets(content, self._host, here)))

    def _sent(self, target: str) -> tuple[httpx.Response, bytes, int]:
        request = self._client.build_request(
            "GET",
            self._url.copy_with(raw_path=target.encode()),
            headers=self._headers,
            extensions={"sni_hostname": self._host.hostname},
        )
        answer = self._client.send(request, stream=True)
        content, size = _read(answer)
        time.sleep(self._pause)
        return answer, content, size


def _redirected(host: Host, here: str, answer: httpx.Response) -> str | None:
    """Where an answer sends its visitor on the same host; ``None``: nowhere, or elsewhere."""
    if not answer.has_redirect_location:
        return None
    try:
        there = path_on(host, here, answer.headers["location"].encode())
    except ValueError:
        return None
    return None if there is None else written(there)


def _read(answer: httpx.Response) -> tuple[bytes, int]:
    """The body as far as a visitor looks through it, its whole size: as many bytes as anybody would wait for."""
    kept, size, until = bytearray(), 0, time.monotonic() + _PROBE_SECONDS
    with contextlib.closing(answer):
        for part in answer.iter_bytes():
            kept += part[: MAX_TEXT_BYTES - len(kept)]
            size += len(part)
            if size > _LARGEST_PAGE or answer.num_bytes_downloaded > _LARGEST_PAGE:
                break
            if time.monotonic() > until:
                raise httpx.ReadTimeout(f"its page is not whole after {_PROBE_SECONDS:.0f} s")
    return bytes(kept), size
