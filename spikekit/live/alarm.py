"""What is worth waking somebody: once when it begins, again when it grows, and an all-clear. In two wordings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Phase(StrEnum):
    """Where an alarm stands."""

    RAISED = "raised"
    UPDATED = "updated"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What is the matter now. ``size`` tells whether it has grown; the words are for those who keep the site up, and
    for those who know the campaign; ``over`` is the all-clear.

    ``kind`` is which of several things that cannot be the matter at once it is: the same ``id`` may turn from one into
    another, and is over only when it is none of them.
    """

    id: str
    title: str
    on_call: str
    marketing: str
    over: str
    size: float
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An event as it is told. ``at``: seconds since 1970, by the log's clock."""

    id: str
    phase: Phase
    at: int
    title: str
    on_call: str
    marketing: str

    def document(self) -> dict[str, Any]:
        """As plain JSON values, with ``text`` for chats that show just that."""
        return {"schema": "spikekit.alarm/1", **asdict(self), "phase": self.phase.value, "text": self.text}

    @property
    def text(self) -> str:
        mark = {Phase.RAISED: "", Phase.UPDATED: "Update: ", Phase.CLEARED: "All clear: "}[self.phase]
        return f"{mark}{self.title}"


GROWN = 1.5
"""An update is sent when it is half as large again."""
UPDATE_SECONDS = 300
HOLD_SECONDS = 120
"""An event that is gone for less than this is not over, and one that turned into another is told again after so long:
what goes to and fro is no news."""


class Alarms:
    """Compares what is the matter with what was told."""

    def __init__(self) -> None:
        self._told: dict[str, dict[str, Any]] = {}

    @property
    def open(self) -> list[str]:
        """The titles of what is still the matter."""
        return [told["title"] for told in self._told.values()]

    def update(self, events: list[Event], now: int) -> list[Alarm]:
        """What is to be told now."""
        alarms = [alarm for event in events for alarm in self._told_again(event, now)]
        present = {event.id for event in events}
        for name, told in list(self._told.items()):
            if name not in present and now - told["seen"] >= HOLD_SECONDS:
                del self._told[name]
                said = dict.fromkeys(("title", "on_call", "marketing"), told["over"])
                alarms.append(Alarm(id=name, phase=Phase.CLEARED, at=now, **said))
        return alarms

    def _told_again(self, event: Event, now: int) -> list[Alarm]:
        told = self._told.get(event.id)
        if told is None:
            phase = Phase.RAISED
        elif _is_news(event, told, now - told["at"]):
            phase = Phase.UPDATED
        else:
            told["seen"] = now
            return []
        self._told[event.id] = {
            "size": event.size,
            "kind": event.kind,
            "at": now,
            "seen": now,
            "title": event.title,
            "over": event.over,
        }
        said = {"title": event.title, "on_call": event.on_call, "marketing": event.marketing}
        return [Alarm(id=event.id, phase=phase, at=now, **said)]

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs, as plain JSON values."""
        return self._told

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        self._told = {name: dict(told) for name, told in state.items()}


def _is_news(event: Event, told: Mapping[str, Any], age: int) -> bool:
    """Whether it is another thing, or so much larger, than what was told ``age`` seconds ago."""
    # States that were saved before events had kinds have none.
    if event.kind != told.get("kind", event.kind):
        return age >= HOLD_SECONDS
    return bool(event.size > GROWN * told["size"]) and age >= UPDATE_SECONDS
