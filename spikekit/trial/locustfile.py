"""A run as a file that plain ``locust -f`` runs: written here, and brought back to life where Locust imports it.

The file holds what was asked (secrets by the names of their variables only), not where it may go: that is asked anew
whenever a test starts, by the same guard as ever.
"""

from __future__ import annotations

import json
import os
import re
import textwrap
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from spikekit import __version__
from spikekit.engine.plan import LANES
from spikekit.engine.visitor.script import table_texts, tables_of
from spikekit.guard.lock import TargetLock
from spikekit.measurement.record import Record
from spikekit.stored import text_of, value_of
from spikekit.trial.asked import Asked, journeys_of
from spikekit.trial.permission import Permission
from spikekit.trial.run import plan_of
from spikekit.verdict.judge import judged
from spikekit.vocabulary import RunKind

_TEMPLATE = '''"""{what}

Written by spikekit {version}; to run it, spikekit must be installed beside Locust:

    locust -f {name} --headless
    locust -f {name} --web-host 127.0.0.1          # then press Start
    locust -f {name} --headless --processes 2      # or --master here, --worker on other machines

It was written by

    {command}

and its visitors come at the same instants as with {same} and the same flags
(but normal traffic, whose visitors are reckoned without a look at the site).
Users, spawn rate and run time are the file's own business; --host changes nothing. Whenever a test starts, the file
asks whether {url} may be loaded now, as site.yaml said when it was written; if not,
nothing is sent, and a headless run ends with exit code 5.
"""

from spikekit.trial.locustfile import lanes_of

ASKED = r\'\'\'
{asked}
\'\'\'

globals().update(lanes_of(ASKED))
'''


_NUMBERS = re.compile(r"\[\n([-+.0-9eE,\s]+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What a file holds: what was asked, and the rows of the data files by their paths."""

    asked: Asked
    tables: dict[str, str]


def locustfile_text(asked: Asked, *, name: str, what: str) -> str:
    """The file, whole. ``name`` is what it will be called, ``what`` its first line."""
    return _TEMPLATE.format(
        what=_in_docstring(what),
        version=__version__,
        name=_in_docstring(name),
        command=_in_docstring(asked.command),
        same="`spikekit rehearse`" if asked.kind is RunKind.REHEARSAL else "`spikekit load`",
        url=asked.target.url,
        asked=_readable(text_of(_portable(asked), indent=1)),
    )


def _in_docstring(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', "'")


def unpacked(text: str) -> Packed:
    """What a file's ``ASKED`` says. Raises ``ValueError`` for one that another version wrote."""
    try:
        return value_of(Packed, json.loads(text))
    except ValueError as error:
        raise ValueError(f"this file was not written by spikekit {__version__}: write it again") from error


def lanes_of(text: str) -> dict[str, type]:
    """What a written file defines: Locust's users (the lanes) and the shape that starts and ends them."""
    from spikekit.engine.locust.plain import PlainLocust

    try:
        packed = unpacked(text)
    except ValueError as error:
        raise SystemExit(str(error)) from error
    if any(journey.locust is not None for journey in packed.asked.site.journeys):
        from spikekit.engine.locust.journey import loaded

        for journey in packed.asked.site.journeys:
            if journey.locust is not None:
                # Now, so that the file's own listeners hear of everything from the beginning.
                loaded(journey.locust)

    def ask(leads: bool, workers: int) -> _Leave:
        return _Leave(packed, leads=leads, workers=workers)

    return PlainLocust(lanes=LANES, url=packed.asked.target.url, ask=ask).names


class _Leave:
    """Leave to send: the guard's permission, and for the process that leads the lock on the target."""

    def __init__(self, packed: Packed, *, leads: bool, workers: int) -> None:
        sending = replace(packed.asked.sending, workers=workers)
        asked = replace(packed.asked, sending=sending)
        now = datetime.now(UTC)
        self._permission = Permission(asked, os.environ)
        # Every process plans for itself, and only what all of them know can be planned with: nobody looks at the page.
        self._permission.require(asked)
        with ExitStack() as held:
            if leads:
                hosts = self._permission.hosts
                held.enter_context(TargetLock((address, host.port) for host in hosts for address in host.addresses))
            self.plan = plan_of(asked, self._permission, f"locust-{now:%Y%m%dT%H%M%SZ}", now)
            self.tables = tables_of(packed.tables)
            self._held = held.pop_all()
        self._permission.watch()

    @property
    def withdrawn(self) -> str | None:
        return self._permission.withdrawn

    def end(self) -> None:
        self._permission.end()
        self._held.close()

    def told(self, record: Record, ended: str | None) -> str:
        run = judged(self.plan, record, ended=ended)
        counts = ", ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in asdict(run.visitors).items())
        return f"{run.sentence} Visitors: {counts}."


def _portable(asked: Asked) -> Packed:
    """What was asked, less what no run needs, its files named so that they are found from anywhere."""
    journeys = tuple(
        journey if journey.locust is None else replace(journey, locust=str(Path(journey.locust).absolute()))
        for journey in journeys_of(asked.profile, asked.site)
    )
    site = replace(asked.site, journeys=journeys, normal_traffic=None, referrers=None, path=None)
    sending = replace(asked.sending, workers=1, join_at=None, join_workers=0)
    asked = replace(asked, site=site, sending=sending)
    return Packed(asked=asked, tables=table_texts(journeys))


def _readable(json_text: str) -> str:
    """JSON with its long lists of numbers in lines, and without a character that would end a Python string."""
    return _NUMBERS.sub(_in_lines, json_text.replace("'", "\\u0027"))


def _in_lines(numbers: re.Match[str]) -> str:
    return textwrap.fill(f"[{' '.join(numbers[1].split())}]", 116)
