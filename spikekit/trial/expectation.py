"""What a run will send, told before it starts; and whether anybody is there to receive it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from operator import mul

import httpx

from spikekit.engine.http.reference import written
from spikekit.errors import Unmeasured
from spikekit.guard.trust import trusting
from spikekit.profile.requests import expected_requests
from spikekit.site.masking import mask, secrets_of
from spikekit.site.secrets import resolve
from spikekit.trial.asked import Asked, journey_named

_SAFE = ("GET", "HEAD")
_PROBE_SECONDS = 15.0
_LARGEST_PAGE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Visitors, requests and bytes to expect; ``side_effects`` counts the steps that may change something."""

    visitors: float
    requests: float
    requests_per_second: float
    page_bytes: int
    side_effects: tuple[tuple[str, float], ...]


def expectation(asked: Asked, page_bytes: int) -> Expectation:
    """``page_bytes`` is the size of the landing page as it was just measured."""
    changes: dict[str, float] = {}
    for stream in asked.profile.streams:
        for name, share in stream.journey:
            journey = journey_named(name, asked.site)
            steps = journey.steps
            if journey.locust is not None:
                what = f"whatever journey {name} does in its own code"
                changes[what] = changes.get(what, 0.0) + stream.curve.total * share
            for step, reach in zip(steps, accumulate((s.continue_ratio for s in steps), mul), strict=True):
                if step.method not in _SAFE:
                    changes[step.name] = changes.get(step.name, 0.0) + stream.curve.total * share * reach
    return Expectation(
        visitors=asked.profile.total,
        requests=expected_requests(asked.profile, asked.site),
        requests_per_second=asked.requests_per_second,
        page_bytes=page_bytes,
        side_effects=tuple(changes.items()),
    )


def probe(asked: Asked, address: str, environ: Mapping[str, str] = os.environ) -> int:
    """One GET of the busiest stream's landing page at the permitted address; returns its size in bytes.

    Raises ``Unmeasured`` when nobody answers: a load against nobody would measure nothing.
    """
    target = asked.target
    url = httpx.URL(target.url)
    stream = max(asked.profile.streams, key=lambda s: s.curve.total)
    path = url.path.rstrip("/") + stream.landing
    try:
        with httpx.Client(verify=trusting(target.tls), timeout=_PROBE_SECONDS, trust_env=False) as client:
            request = client.build_request(
                "GET",
                url.copy_with(host=address, raw_path=written(path).encode()),
                headers={**dict(resolve(target.headers, environ)), "Host": url.netloc.decode()},
                extensions={"sni_hostname": url.host},
            )
            return _size(client.send(request, stream=True))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        why = mask(str(error) or type(error).__name__, secrets_of(target.headers, environ))
        hint = "is it up? nothing was sent"
        if "CERTIFICATE_VERIFY_FAILED" in why:
            hint = "name its authority's certificate under tls.ca_file of the target in site.yaml; nothing was sent"
        raise Unmeasured(f"target {target.name} does not answer at {target.url}: {why}", hint=hint) from error


def _size(answer: httpx.Response) -> int:
    """Bytes of the body, unpacked; of a page without end as many as anybody would wait for."""
    size, until = 0, time.monotonic() + _PROBE_SECONDS
    with contextlib.closing(answer):
        for part in answer.iter_bytes():
            size += len(part)
            if size > _LARGEST_PAGE or answer.num_bytes_downloaded > _LARGEST_PAGE:
                break
            if time.monotonic() > until:
                raise httpx.ReadTimeout(f"its page is not whole after {_PROBE_SECONDS:.0f} s")
    return size
