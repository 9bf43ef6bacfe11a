"""One page at a time between trials: whether the target is idle again, and how long a page takes it then."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping

import httpx

from spikekit.engine.http.reference import written
from spikekit.site.secrets import resolve
from spikekit.trial.asked import Asked

_EVERY_SECONDS = 0.25
_PATIENCE_SECONDS = 5.0
_GONE_AFTER_SECONDS = 10.0
_LOOKS = 4
"""The least of so many pages is what the target needs; the rest is this machine's noise."""


class Rest:
    """Asks for the landing page, a fresh connection each time. ``usual`` becomes what a page takes at rest, seconds."""

    def __init__(self, asked: Asked, address: str, environ: Mapping[str, str]) -> None:
        target = asked.target
        url = httpx.URL(target.url)
        path = url.path.rstrip("/") + asked.profile.streams[0].landing
        self._url = url.copy_with(host=address, raw_path=written(path).encode())
        self._headers = {**dict(resolve(target.headers, environ)), "Host": url.netloc.decode(), "Connection": "close"}
        self._extensions = {"sni_hostname": url.host}
        verify: bool | str = str(target.tls.ca_file) if target.tls.ca_file and target.tls.verify else target.tls.verify
        self._client = httpx.Client(verify=verify, timeout=_PATIENCE_SECONDS, trust_env=False)
        self.usual: float | None = None
        self.gone = False

    def close(self) -> None:
        self._client.close()

    def wait(self, most_seconds: float) -> tuple[float | None, float | None]:
        """Until a page comes as quickly as usual: the seconds that took (None: it never did), and a page's time then.

        ``gone`` becomes true when nobody has answered at all for ten seconds.
        """
        begun = heard = time.monotonic()
        while (waited := time.monotonic() - begun) < most_seconds:
            taken = self._page()
            if taken is not None:
                heard = time.monotonic()
                if self.usual is None or taken <= max(3 * self.usual, self.usual + 0.1):
                    least = min([taken, *(t for t in (self._page() for _ in range(_LOOKS)) if t is not None)])
                    self.usual = least if self.usual is None else min(self.usual, least)
                    return waited, least
            elif time.monotonic() - heard > _GONE_AFTER_SECONDS:
                self.gone = True
                return None, None
            time.sleep(_EVERY_SECONDS)
        return None, None

    def _page(self) -> float | None:
        """How long a page took, whatever it says; None when nothing came, or only an apology for overload."""
        begun = time.monotonic()
        with contextlib.suppress(httpx.HTTPError):
            request = self._client.build_request("GET", self._url, headers=self._headers, extensions=self._extensions)
            answer = self._client.send(request)
            if answer.status_code < 500:
                return time.monotonic() - begun
        return None
