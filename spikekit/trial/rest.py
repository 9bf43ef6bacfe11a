"""One page at a time between trials: whether the target is idle again, and how long a page takes it then."""

from __future__ import annotations

import time
from collections.abc import Mapping

import httpx

from spikekit.engine.http.reference import written
from spikekit.guard.trust import trusting
from spikekit.site.secrets import resolve
from spikekit.trial.asked import Asked

_EVERY_SECONDS = 0.25
_PATIENCE_SECONDS = 5.0
_GONE_AFTER_SECONDS = 10.0
_LOOKS = 4
"""The least of so many pages is what the target needs; the rest is this machine's noise."""


class Rest:
    """Asks for the landing page, a fresh connection each time. ``usual`` becomes what a page takes at rest, seconds."""

    def __init__(
        self,
        asked: Asked,
        address: str,
        environ: Mapping[str, str],
        *,
        patience_seconds: float = _PATIENCE_SECONDS,
        gone_after_seconds: float = _GONE_AFTER_SECONDS,
    ) -> None:
        target = asked.target
        url = httpx.URL(target.url)
        path = url.path.rstrip("/") + asked.profile.streams[0].landing
        self._url = url.copy_with(host=address, raw_path=written(path).encode())
        self._headers = {**dict(resolve(target.headers, environ)), "Host": url.netloc.decode(), "Connection": "close"}
        self._extensions = {"sni_hostname": url.host}
        self._client = httpx.Client(verify=trusting(target.tls), timeout=patience_seconds, trust_env=False)
        self.usual: float | None = None
        self.gone = False
        self._gone_after = gone_after_seconds
        self._met = time.monotonic()

    def close(self) -> None:
        self._client.close()

    def wait(self, most_seconds: float) -> tuple[float | None, float | None]:
        """Until a page comes as quickly as usual: the seconds that took (None: it never did), and a page's time then.

        ``gone`` becomes true when nobody has been there at all for long enough. Who takes the connection and does not
        answer is there: a crowd that has left its requests behind may keep a site busy for a minute.
        """
        begun = self._met = time.monotonic()
        while (waited := time.monotonic() - begun) < most_seconds:
            taken = self._page()
            if taken is not None:
                if self.usual is None or taken <= max(3 * self.usual, self.usual + 0.1):
                    return waited, self._least(taken)
            elif time.monotonic() - self._met > self._gone_after:
                self.gone = True
                return None, None
            time.sleep(_EVERY_SECONDS)
        return None, None

    def learn(self) -> None:
        """What a page takes before there was any load. After the first, a site may still be busy with it."""
        taken = self._page()
        if taken is not None:
            self._least(taken)

    def _least(self, taken: float) -> float:
        """Of some more pages; the least ever is what is usual."""
        least = min([taken, *(t for t in (self._page() for _ in range(_LOOKS)) if t is not None)])
        self.usual = least if self.usual is None else min(self.usual, least)
        return least

    def _page(self) -> float | None:
        """How long a page took, whatever it says; None when nothing came, or only an apology for overload."""
        begun = time.monotonic()
        request = self._client.build_request("GET", self._url, headers=self._headers, extensions=self._extensions)
        try:
            answer = self._client.send(request)
        except httpx.ReadTimeout:
            self._met = time.monotonic()
            return None
        except httpx.HTTPError:
            return None
        self._met = time.monotonic()
        return self._met - begun if answer.status_code < 500 else None
