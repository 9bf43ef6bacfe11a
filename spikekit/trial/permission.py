"""The guard's question for everything a run touches, and its watch while the run goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from spikekit.engine.admission import Admission
from spikekit.engine.plan import Host
from spikekit.errors import Refused, Unmeasured, UsageError
from spikekit.guard.addresses import Address
from spikekit.guard.consent import ASK_EVERY_SECONDS, ConsentDesk, ConsentWatch
from spikekit.guard.permit import Request, permitted_addresses, require_limits
from spikekit.guard.window import require_open
from spikekit.site.model import Journey, Site, Target
from spikekit.site.secrets import resolve
from spikekit.trial.asked import Asked, host_of_target, journeys_of
from spikekit.trial.locust_classes import targets_of_classes


class Permission:
    """Leave to send, for one run: its hosts, each bound to permitted addresses.

    It is refused where no look at a page could make the run small enough; ``require`` asks again after one.
    ``withdrawn`` becomes the reason when a target takes its consent back; ``watch`` asks every minute.
    Raises ``Refused``, ``UsageError`` (a missing secret) or ``Unmeasured`` (a target that leads nowhere).
    """

    def __init__(
        self, asked: Asked, environ: Mapping[str, str], *, ask_every_seconds: float = ASK_EVERY_SECONDS
    ) -> None:
        self._asked = asked
        self._ask_every_seconds = ask_every_seconds
        self._environ = environ
        self._journeys = journeys_of(asked.profile, asked.site)
        self._desks: list[tuple[ConsentDesk, tuple[Address, ...]]] = []
        self._ended = threading.Event()
        self.withdrawn: str | None = None
        self.notes: list[str] = []
        self.hosts = tuple(self._host(target) for target in self._targets())

    def require(self, asked: Asked) -> None:
        """Ask again, now that somebody has looked: about rates, and whether windows stay open. Raises ``Refused``."""
        request = _request(asked, self._journeys)
        for target in self._targets():
            require_limits(target, request)
            require_open(target.windows, datetime.now(UTC), request.duration_seconds)

    def watch(self) -> None:
        """Ask for consent again every minute, in the background, until ``end``."""
        if self._desks:
            threading.Thread(target=self._watch, name="consent", daemon=True).start()

    def end(self) -> None:
        """The run is over: no more questions."""
        self._ended.set()

    def _targets(self) -> list[Target]:
        """The main target first, then those that single steps or Locust classes go to."""
        site, found = self._asked.site, {self._asked.target.name: self._asked.target}
        for journey in self._journeys:
            for step in journey.steps:
                if step.host and step.host not in found:
                    other = site.target(step.host)
                    if other is None:
                        raise UsageError(f'step {step.name} goes to "{step.host}", which is no target in site.yaml')
                    found[step.host] = other
        for target in targets_of_classes(self._journeys, site):
            found.setdefault(target.name, target)
        return list(found.values())

    def _host(self, target: Target) -> Host:
        desk = None
        journeys = [_steps_at(target.name, journey, self._asked.target.name) for journey in self._journeys]
        headers = dict(resolve(target.headers, self._environ))
        resolve((header for journey in journeys for step in journey.steps for header in step.headers), self._environ)
        if target.consent == "file":
            desk = ConsentDesk(target, self._asked.site.name, headers)
        addresses = permitted_addresses(
            self._asked.site,
            target,
            _request(self._asked.at_least(), journeys),
            now=datetime.now(UTC),
            desk=desk,
        )
        if desk is not None:
            self._desks.append((desk, addresses))
        return host_of_target(target, addresses)

    def _watch(self) -> None:
        # Each address for itself: one that answers does not speak for one that is silent.
        watches = [
            (ConsentWatch(time.monotonic()), desk, address) for desk, addresses in self._desks for address in addresses
        ]
        while not self._ended.wait(self._ask_every_seconds):
            for watch, desk, address in watches:
                self.withdrawn = self.withdrawn or watch.hear(desk.ask(address), time.monotonic())
            self.notes = [note for watch, _, _ in watches for note in watch.notes]


def _request(asked: Asked, journeys: Sequence[Journey]) -> Request:
    return Request(
        requests_per_second=asked.requests_per_second,
        duration_seconds=asked.profile.duration_seconds,
        journeys=journeys,
    )


def _steps_at(target: str, journey: Journey, by_default: str) -> Journey:
    """The journey's steps that go to that target: what they may change there is asked of it alone."""
    return replace(journey, steps=tuple(s for s in journey.steps if (s.host or by_default) == target))


def own_admission(site: Site, environ: Mapping[str, str]) -> Admission:
    """What this machine allows a run that another one leads: every target that its own site permits now.

    Raises the first target's ``Refused`` or ``Unmeasured`` when none is permitted, ``UsageError`` without a target.
    """
    hosts, refusal = [], None
    for target in site.targets:
        try:
            headers = dict(resolve(target.headers, environ))
            desk = ConsentDesk(target, site.name, headers) if target.consent == "file" else None
            nothing = Request(requests_per_second=0, duration_seconds=0, journeys=())
            addresses = permitted_addresses(site, target, nothing, now=datetime.now(UTC), desk=desk)
            hosts.append(host_of_target(target, addresses))
        except (Refused, Unmeasured) as error:
            refusal = refusal or error
    if refusal is not None and not hosts:
        raise refusal
    if not hosts:
        raise UsageError("site.yaml names no target that this machine may load")
    return Admission(
        hosts=tuple(hosts),
        changeable=frozenset(t.name for t in site.targets if t.side_effects),
        classes={journey.name: journey.locust for journey in site.journeys if journey.locust is not None},
    )
