"""What a worker's own machine allows, whatever the master of a run says."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

from spikekit.engine.plan import Host, Plan
from spikekit.errors import Refused
from spikekit.site.model import Journey
from spikekit.stored import text_of, value_of

_SAFE_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The hosts this machine may load, at its own permitted addresses; ``changeable`` ones accept side effects.

    ``classes`` are the Locust classes of its own journeys by their names: no other code is imported on its behalf.
    """

    hosts: tuple[Host, ...]
    changeable: frozenset[str] = frozenset()
    classes: dict[str, str] = field(default_factory=dict)

    def bound(self, plan: Plan) -> Plan:
        """The plan with this machine's own addresses, headers and TLS. Raises ``Refused`` for any other host."""
        bound = []
        for host in plan.hosts:
            own = next((h for h in self.hosts if _place(h) == _place(host)), None)
            if own is None:
                raise Refused(f"{host.scheme}://{host.authority} is no target of this machine's site.yaml")
            bound.append(replace(own, name=host.name))
            self._require_safe(plan, host, own)
        return replace(plan, hosts=tuple(bound), journeys=tuple(self._own(journey) for journey in plan.journeys))

    def _own(self, journey: Journey) -> Journey:
        if journey.locust is None:
            return journey
        if journey.name not in self.classes:
            raise Refused(
                f"journey {journey.name} is a Locust class, and none of that name is in this machine's site.yaml"
            )
        return replace(journey, locust=self.classes[journey.name])

    def _require_safe(self, plan: Plan, host: Host, own: Host) -> None:
        if own.name in self.changeable:
            return
        default = plan.hosts[0].name
        for journey in plan.journeys:
            for step in journey.steps:
                if (step.host or default) == host.name and step.method not in _SAFE_METHODS:
                    raise Refused(f"step {step.name} may change things, which this machine's site.yaml does not accept")
            if journey.locust is not None:
                raise Refused(
                    f"journey {journey.name} is code of the master's, which this machine's site.yaml cannot judge"
                )

    def write(self, path: Path) -> None:
        """Save as JSON."""
        path.write_text(text_of(self), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Admission:
        """The saved admission."""
        return value_of(cls, json.loads(path.read_text(encoding="utf-8")))


def _place(host: Host) -> tuple[str, str, int]:
    return host.scheme, host.hostname.lower(), host.port
