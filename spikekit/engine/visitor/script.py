"""A journey made ready to be walked thousands of times a second, and who walks it: in what guise, with what marks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from spikekit.engine.plan import Plan
from spikekit.engine.visitor.browser import SHARES, Guise, tickets_of
from spikekit.engine.visitor.click_id import CLICK_IDS, ClickId
from spikekit.engine.visitor.page import Entry, Page, page_of_step
from spikekit.engine.visitor.rows import Rows
from spikekit.engine.visitor.source import source_of
from spikekit.engine.visitor.template import Values
from spikekit.profile.model import Stream
from spikekit.site.model import Journey, Step

if TYPE_CHECKING:
    from spikekit.engine.locust.journey import UserJourney


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the visitors of a stream come: ``tickets`` says which of the ``guises`` each of the tickets stands for.

    ``landing`` is the landing page with its marks, ready for a click's own mark at its end where there is a
    ``click_id``. From ``key`` and a visitor's instant follows all of that visitor's luck.
    """

    guises: tuple[Guise, ...]
    tickets: bytes
    landing: str
    click_id: ClickId | None
    key: bytes


@dataclass(frozen=True, slots=True)
class Script:
    """What the visitors of one stream who take one journey do; ``locust`` where a class of the user's own says so."""

    pages: tuple[Page, ...]
    values: Values
    manner: Manner
    locust: UserJourney | None = None

    def pages_for(self, luck: float) -> int:
        """How many pages a visitor goes on to want, for one uniform draw in [0, 1); at least the first."""
        wanted = len(self.pages)
        while wanted > 1 and luck >= self.pages[wanted - 1].reach:
            wanted -= 1
        return wanted


class Library:
    """Every script of a plan, and the steps' names by code (``names[code]``), for worker ``number`` of the plan's."""

    def __init__(
        self, plan: Plan, environ: Mapping[str, str], tables: Mapping[Path, tuple[Values, ...]], *, number: int = 0
    ) -> None:
        self._plan = plan
        self._environ = environ
        self._tables = tables
        self._number = number
        self._hosts = {host.name: host for host in plan.hosts}
        self._default = plan.hosts[0]
        self.names: list[str] = []
        self._journeys = {j.name: j for j in plan.journeys}
        self._codes: dict[str, int] = {}
        self._rows: dict[tuple[str, int], Rows] = {}
        self.streams = [self._stream(index, stream) for index, stream in enumerate(plan.profile.streams)]

    def _stream(self, index: int, stream: Stream) -> tuple[tuple[float, Script], ...]:
        """Cumulative shares with their scripts."""
        manner = _manner(stream, index, self._plan)
        shares = list(accumulate(share for _, share in stream.journey))
        scripts = [self._script(self._journeys[name], stream, manner) for name, _ in stream.journey]
        return tuple(zip(shares, scripts, strict=True))

    def _script(self, journey: Journey, stream: Stream, manner: Manner) -> Script:
        values = {"landing": _with_query(stream.landing, _utm(stream))}
        if journey.locust is not None:
            return Script((), values, manner, locust=self._user_journey(journey))
        entry = Entry(manner.landing, manner.click_id is not None, _referrers(stream, manner))
        pages = tuple(
            page_of_step(
                step,
                code=self._code(step.name),
                host=self._hosts[step.host] if step.host else self._default,
                reach=reach,
                rows=self._rows_of(journey, place, step),
                guises=manner.guises,
                landing=values["landing"],
                entry=None if place else entry,
                environ=self._environ,
            )
            for place, (step, reach) in enumerate(journey.reached())
        )
        return Script(pages, values, manner)

    def _rows_of(self, journey: Journey, place: int, step: Step) -> Rows | None:
        if step.data is None:
            return None
        # Visitors of every stream draw from the same pile.
        key = (journey.name, place)
        if key not in self._rows:
            self._rows[key] = Rows(
                self._tables[step.data],
                step.pick,
                seed=self._plan.seed,
                number=self._number,
                workers=self._plan.sending.all_workers,
            )
        return self._rows[key]

    def _user_journey(self, journey: Journey) -> UserJourney:
        # Importing Locust patches this process: only a generator may, and only where it is needed.
        from spikekit.engine.locust.journey import UserJourney

        return UserJourney(journey, tuple(self._hosts.values()), self._environ)

    def _code(self, name: str) -> int:
        if name not in self._codes:
            self._codes[name] = len(self.names)
            self.names.append(name)
        return self._codes[name]


def table_texts(journeys: Iterable[Journey]) -> dict[str, str]:
    """Every CSV file the journeys draw rows from, by its path: for workers that cannot see the files."""
    paths = {step.data for journey in journeys for step in journey.steps if step.data}
    return {str(path): path.read_text(encoding="utf-8-sig") for path in paths}


def tables_of(texts: Mapping[str, str]) -> dict[Path, tuple[Values, ...]]:
    """The rows of those files."""
    return {
        Path(path): tuple(csv.DictReader(io.StringIO(text, newline=""), restval="")) for path, text in texts.items()
    }


def read_tables(plan: Plan) -> dict[Path, tuple[Values, ...]]:
    """The rows of every CSV file of the plan."""
    return tables_of(table_texts(plan.journeys))


def _manner(stream: Stream, index: int, plan: Plan) -> Manner:
    source = source_of(stream)
    click_id = CLICK_IDS.get(source) if plan.habits.click_ids and stream.kind is not None else None
    landing = _with_query(stream.landing, _utm(stream))
    if click_id is not None:
        landing = _with_query(landing, f"{click_id.parameter}=")
    return Manner(
        guises=tuple(guise for _, guise in SHARES[source]),
        tickets=tickets_of(SHARES[source]),
        landing=landing,
        click_id=click_id,
        key=blake2b(f"{plan.seed} {index}".encode(), digest_size=16).digest(),
    )


def _referrers(stream: Stream, manner: Manner) -> tuple[str | None, ...]:
    """Where visitors say they come from, by guise: all from the one page the stream names, if it names one."""
    if stream.referrer is not None:
        return (stream.referrer,) * len(manner.guises)
    post = _short_link(stream)
    return tuple(guise.referrer and guise.referrer.replace("{post}", post) for guise in manner.guises)


def _short_link(stream: Stream) -> str:
    """The name X's link shortener gives a post's link: everybody clicks the same."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    luck = blake2b(f"{stream.origin} {stream.landing}".encode(), digest_size=10).digest()
    return "".join(letters[byte % len(letters)] for byte in luck)


def _utm(stream: Stream) -> str:
    return urlencode([(f"utm_{key}", value) for key, value in stream.utm])


def _with_query(landing: str, query: str) -> str:
    if not query:
        return landing
    path = landing.partition("#")[0]
    return f"{path}{'&' if '?' in path else '?'}{query}"
