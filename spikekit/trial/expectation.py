"""What a run will send, told before it starts; and whether anybody is there to receive it."""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import accumulate
from operator import mul

import httpx
import numpy as np

from spikekit.engine.http.exchange import MAX_TEXT_BYTES
from spikekit.engine.http.reference import written
from spikekit.engine.visitor.assets import asset_targets
from spikekit.engine.visitor.pause import pause_seconds
from spikekit.errors import Unmeasured
from spikekit.forecast.priors import REQUESTS_PER_LANDING
from spikekit.guard.trust import trusting
from spikekit.profile.curve import RateCurve
from spikekit.site.masking import mask, secrets_of
from spikekit.site.model import Step
from spikekit.site.pause import pause_of
from spikekit.site.secrets import resolve
from spikekit.trial.asked import Asked, host_of_target, journey_named

_SAFE = ("GET", "HEAD")
_PROBE_SECONDS = 15.0
_LARGEST_PAGE = 64 * 1024 * 1024

_VISITS = 200
"""So many visits are drawn to see how many come as far as a step before the run ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """The landing page as it was just given: its size in bytes, unpacked, and the files of its host that it names.

    ``files`` is None where no page was given: a redirect, or an error.
    """

    page_bytes: int
    files: int | None

    def requests(self, step: Step) -> float:
        """Those that one page of a step costs; where the landing page shows nothing, the prior says how many."""
        if step.assets != "auto":
            return 1.0
        return REQUESTS_PER_LANDING.range.likely if self.files is None else 1.0 + self.files


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Visitors, pages, requests (pages and their files) and bytes of pages to expect.

    ``requests_per_second`` is the most: all of a visit's requests at once, at the peak. ``side_effects`` counts the
    steps that may change something.
    """

    visitors: float
    pages: float
    requests: float
    requests_per_second: float
    page_bytes: float
    side_effects: tuple[tuple[str, float], ...]


def expectation(asked: Asked, landing: Landing) -> Expectation:
    """What a run sends while it lasts, all going well: every page is taken to weigh what the landing page does."""
    changes: dict[str, float] = {}
    pages = requests = most = 0.0
    for stream in asked.profile.streams:
        for name, share in stream.journey:
            journey = journey_named(name, asked.site)
            visitors = stream.curve.total * share
            if journey.locust is not None:
                what = f"whatever journey {name} does in its own code"
                changes[what] = changes.get(what, 0.0) + visitors
            if not journey.steps:
                # Code of their own: a page each is all that can be said.
                pages, requests, most = pages + visitors, requests + visitors, most + stream.curve.peak * share
            reaches = accumulate((step.continue_ratio for step in journey.steps), mul)
            in_time = _in_time(stream.curve, journey.steps, asked.profile.duration_seconds, asked.seed)
            for step, reach, came in zip(journey.steps, reaches, in_time, strict=True):
                times = came * share * reach
                pages, requests = pages + times, requests + times * landing.requests(step)
                most += stream.curve.peak * share * reach * landing.requests(step)
                if step.method not in _SAFE:
                    changes[step.name] = changes.get(step.name, 0.0) + times
    return Expectation(
        visitors=asked.profile.total,
        pages=pages,
        requests=requests,
        requests_per_second=most,
        page_bytes=landing.page_bytes * pages,
        side_effects=tuple(changes.items()),
    )


def _in_time(curve: RateCurve, steps: Sequence[Step], seconds: float, seed: int) -> Iterator[float]:
    """How many visitors would come to each step before the run's end, if all went on: who reads then is sent home."""
    luck, latest = random.Random(seed), np.full(_VISITS, seconds)
    for number, step in enumerate(steps):
        pause = step.pause or pause_of(step.think_seconds)
        if number and pause is not None:
            latest = latest - [pause_seconds(pause, luck) for _ in range(_VISITS)]
        yield float(np.mean(curve.area(latest)))


def probe(asked: Asked, address: str, environ: Mapping[str, str] = os.environ) -> Landing:
    """One GET of the busiest stream's landing page at the permitted address.

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
            answer = client.send(request, stream=True)
            content, size = _read(answer)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        why = mask(str(error) or type(error).__name__, secrets_of(target.headers, environ))
        hint = "is it up? nothing was sent"
        if "CERTIFICATE_VERIFY_FAILED" in why:
            hint = "name its authority's certificate under tls.ca_file of the target in site.yaml; nothing was sent"
        raise Unmeasured(f"target {target.name} does not answer at {target.url}: {why}", hint=hint) from error
    host = host_of_target(target, (ip_address(address),))
    files = (
        asset_targets(content, host, request.url.raw_path.decode()) if answer.status_code == httpx.codes.OK else None
    )
    return Landing(page_bytes=size, files=None if files is None else len(files))


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
