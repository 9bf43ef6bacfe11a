"""One look at the landing page before a load: whether anybody is there to receive it, and what a page costs."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

import httpx

from spikekit.engine.http.exchange import MAX_TEXT_BYTES
from spikekit.engine.http.reference import path_on, written
from spikekit.engine.plan import Host
from spikekit.engine.visitor.assets import asset_targets
from spikekit.errors import Unmeasured
from spikekit.guard.trust import trusting
from spikekit.site.masking import mask, secrets_of
from spikekit.site.secrets import resolve
from spikekit.trial.asked import Asked, host_of_target

_PROBE_SECONDS = 15.0
_LARGEST_PAGE = 64 * 1024 * 1024
_MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """The landing page as it was just given: its size in bytes, unpacked, and the files of its host that it names.

    ``hops`` redirects led there. ``files`` is None where no page was given: another host's, or an error.
    """

    page_bytes: int
    hops: int = 0
    files: int | None

    @property
    def per_landing(self) -> float | None:
        """Requests of such a page with all it needs."""
        return None if self.files is None else 1.0 + self.hops + self.files


def look(asked: Asked, address: str, environ: Mapping[str, str] = os.environ) -> Landing:
    """The busiest stream's landing page at the permitted address, behind its redirects within the host.

    Raises ``Unmeasured`` when nobody answers: a load against nobody would measure nothing.
    """
    target = asked.target
    host = host_of_target(target, (ip_address(address),))
    stream = max(asked.profile.streams, key=lambda s: s.curve.total)
    here, hops = written(host.base_path + stream.landing), 0
    try:
        with httpx.Client(verify=trusting(target.tls), timeout=_PROBE_SECONDS, trust_env=False) as client:
            page = _page(client, asked, address, here, environ)
            while hops < _MOST_REDIRECTS and (there := _redirected(host, here, page.answer)) is not None:
                here, hops = there, hops + 1
                page = _page(client, asked, address, here, environ)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        why = mask(str(error) or type(error).__name__, secrets_of(target.headers, environ))
        hint = "is it up? nothing was sent"
        if "CERTIFICATE_VERIFY_FAILED" in why:
            hint = "name its authority's certificate under tls.ca_file of the target in site.yaml; nothing was sent"
        raise Unmeasured(f"target {target.name} does not answer at {target.url}: {why}", hint=hint) from error
    files = None
    if page.answer.status_code == httpx.codes.OK:
        files = len(asset_targets(page.content, host, here))
    return Landing(page_bytes=page.size, hops=hops, files=files)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    answer: httpx.Response
    content: bytes
    size: int


def _page(client: httpx.Client, asked: Asked, address: str, path: str, environ: Mapping[str, str]) -> _Page:
    url = httpx.URL(asked.target.url)
    request = client.build_request(
        "GET",
        url.copy_with(host=address, raw_path=path.encode()),
        headers={**dict(resolve(asked.target.headers, environ)), "Host": url.netloc.decode()},
        extensions={"sni_hostname": url.host},
    )
    answer = client.send(request, stream=True)
    content, size = _read(answer)
    return _Page(answer=answer, content=content, size=size)


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
