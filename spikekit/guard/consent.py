"""The target's own word that it may be loaded: a file it serves, asked for before a run and every minute of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

import httpx

from spikekit.errors import Refused
from spikekit.files.echo import quoted
from spikekit.guard.addresses import Address
from spikekit.guard.trust import trusting
from spikekit.site.masking import mask
from spikekit.site.model import Target
from spikekit.site.secrets import Revealed

CONSENT_PATH = "/.well-known/spikekit-consent"
ASK_EVERY_SECONDS = 60.0
BORNE_SECONDS = 180.0
"""How long no answer is borne during a run: the load itself may be why."""

_TIMEOUT_SECONDS = 10.0
_BODY_BYTES = 1000


class Word(Enum):
    """What the target says."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The target's word, and why in a few plain words."""

    word: Word
    why: str


def interpret(status: int, body: str, site: str) -> Answer:
    """What an HTTP answer means. 429 and 5xx are silence: a server under load, not a change of mind."""
    if status == 200 and body.strip() == site:
        return Answer(word=Word.GIVEN, why="consent given")
    if status == 429 or status >= 500:
        return Answer(word=Word.SILENT, why=f"status {status}")
    if status == 200:
        return Answer(word=Word.WITHDRAWN, why=f'it answers {quoted(body.strip())} where the site\'s name is "{site}"')
    return Answer(word=Word.WITHDRAWN, why=f"status {status}")


class ConsentDesk:
    """Asks one target, at each of its addresses in turn, with the headers that every request to it carries."""

    def __init__(
        self,
        target: Target,
        site: str,
        headers: dict[str, str],
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._site = site
        self._clock = clock
        self._parts = urlsplit(target.url)
        self._secrets = tuple((value, value.name) for value in headers.values() if isinstance(value, Revealed))
        self._client = httpx.Client(
            headers=headers,
            verify=trusting(target.tls),
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,
            follow_redirects=False,
            # A question a minute: each comes on a connection of its own, and none is left behind.
            limits=httpx.Limits(max_keepalive_connections=0),
            transport=transport,
        )

    def ask(self, address: Address) -> Answer:
        """What the server at ``address`` says."""
        host = f"[{address}]" if address.version == 6 else str(address)
        port = f":{self._parts.port}" if self._parts.port else ""
        try:
            with self._client.stream(
                "GET",
                f"{self._parts.scheme}://{host}{port}{CONSENT_PATH}",
                headers={"Host": self._parts.netloc.rpartition("@")[2], "Accept-Encoding": "identity"},
                extensions={"sni_hostname": self._parts.hostname or ""},
            ) as answer:
                return interpret(answer.status_code, mask(self._beginning(answer), self._secrets), self._site)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return Answer(word=Word.SILENT, why=f"no answer ({type(error).__name__})")

    def _beginning(self, answer: httpx.Response) -> str:
        """The body, no more of it than a site's name could be: a server may go on for ever."""
        until, body = self._clock() + _TIMEOUT_SECONDS, b""
        for part in answer.iter_raw():
            body += part
            if len(body) > _BODY_BYTES:
                break
            if self._clock() > until:
                raise httpx.ReadTimeout("the body has no end")
        return body[:_BODY_BYTES].decode("utf-8", "replace")

    def require(self, addresses: tuple[Address, ...]) -> None:
        """Raise ``Refused`` unless every address gives consent now."""
        for address in addresses:
            answer = self.ask(address)
            if answer.word is not Word.GIVEN:
                raise Refused(
                    f"{self._parts.hostname} ({address}) gives no consent to be loaded: {answer.why}",
                    hint=f'serve the text "{self._site}" at {CONSENT_PATH}, or set consent: private for loopback and '
                    "private addresses",
                )


class ConsentWatch:
    """Judges the answers that come in during a run; pure, in the caller's seconds."""

    def __init__(self, started: float) -> None:
        self._given_at = started
        self.notes: list[str] = []

    def hear(self, answer: Answer, now: float) -> str | None:
        """Why the run must end now, or ``None``."""
        if answer.word is Word.GIVEN:
            self._given_at = now
            return None
        if answer.word is Word.WITHDRAWN:
            return f"the target withdrew its consent: {answer.why}"
        self.notes.append(f"consent could not be read: {answer.why}")
        if now - self._given_at >= BORNE_SECONDS:
            return f"no word of consent for {BORNE_SECONDS / 60:.0f} minutes: {answer.why}"
        return None
