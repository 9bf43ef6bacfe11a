"""Recording → proposal: the steps of a walk, each with where its values come from and what it should bring."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from spikekit.errors import UsageError
from spikekit.journey.expectation import Expectations, Opens
from spikekit.journey.host import site_host
from spikekit.journey.proposal import Counted, Note, Proposal, ProposedStep
from spikekit.journey.recording import Recording
from spikekit.journey.route import Leg, legs_of
from spikekit.journey.secret import REMOVED, Scrubber, names_secret, secret_headers, standing_in
from spikekit.journey.slot import Hole, Slot, Where, filled, slots
from spikekit.journey.values import Values
from spikekit.journey.walk import walk_through
from spikekit.site.placeholder import LANDING
from spikekit.wording import duration

_ACCEPT = re.compile(r"[a-z0-9.+*/, ;=-]{1,200}\Z")
_JSON_MIME = re.compile(r"application/[a-z0-9.+-]{1,60}json\Z")


def propose(recording: Recording, *, name: str, host: str | None = None, vary: bool = False) -> Proposal:
    """The journey ``name`` from a recording. ``host``: the site's, where most pages are not; ``vary``: with data files.

    Raises ``UsageError`` when the recording holds nothing of the site.
    """
    site = site_host(recording, host)
    walk = walk_through(recording, site)
    legs = legs_of(walk)
    if not legs:
        told = "; ".join(f"{number} {what}" for what, number in walk.left_out.items())
        raise UsageError(
            f"nothing that was recorded of {site} can be a step" + (f": {told}" if told else ""),
            hint="name another host with --host, or record again",
        )
    scrubber = Scrubber(recording)
    values = Values(legs, scrubber, name=name, vary=vary)
    steps = _steps(legs, values, scrubber, site)
    first = legs[0].stop.asked.started
    return Proposal(
        name=name,
        host=site,
        steps=steps,
        tables=values.tables(),
        requests=len(recording.exchanges),
        folded=walk.folded,
        assets=walk.assets,
        other_hosts=_counted(walk.other_hosts),
        left_out=_counted(walk.left_out),
        removed=_counted(scrubber.removed),
        browser=scrubber.clean(recording.browser, count=False),
        recorded_on=datetime.fromtimestamp(first, UTC).date().isoformat() if first is not None else "",
    )


def _steps(legs: Sequence[Leg], values: Values, scrubber: Scrubber, site: str) -> tuple[ProposedStep, ...]:
    expectations = Expectations([leg.stop for leg in legs], site, scrubber.is_clean)
    # All of them first: what a later leg sends may be captured at an earlier one.
    sent = [
        (*_sent(index, leg, values, scrubber), *_headers(index, leg, values, scrubber))
        for index, leg in enumerate(legs)
    ]
    steps = []
    for leg, draft, (path, form, body, headers, notes) in zip(legs, values.drafts, sent, strict=True):
        opens = Opens.ANY if leg.is_landing else Opens.KIND if draft.shape else Opens.SAME
        typed = [slot.text for slot in slots(leg.request) if slot.where is not Where.SEGMENT]
        steps.append(
            ProposedStep(
                method=leg.request.method,
                path=path,
                recorded=_recorded(leg, scrubber),
                expect=expectations.expected(leg.stop, typed=typed, opens=opens),
                think_seconds=leg.pause.seconds,
                data=draft.data,
                capture=tuple(draft.capture.items()),
                form=form,
                json=body,
                headers=headers,
                assets=leg.stop.assets > 0,
                notes=(*draft.notes, *(Note(text=n) for n in leg.request.notes), *notes, *_pause_notes(leg)),
            )
        )
    return tuple(steps)


def _sent(index: int, leg: Leg, values: Values, scrubber: Scrubber) -> tuple[str, dict[str, str] | None, Any]:
    if leg.is_landing:
        return str(Hole(LANDING)), None, None
    return filled(values.begin(index), lambda slot: values.filling(index, slot), scrubber.clean)


def _recorded(leg: Leg, scrubber: Scrubber) -> str:
    """The path as it was opened, for a comment."""

    def shown(slot: Slot) -> str:
        stand_in = standing_in(slot.field, slot.text)
        if stand_in is not None:
            return stand_in.literal
        return REMOVED if names_secret(slot.field) else scrubber.clean(slot.text, count=False)

    path, _, _ = filled(leg.request, shown, lambda name: scrubber.clean(name, count=False))
    return path


def _headers(
    index: int, leg: Leg, values: Values, scrubber: Scrubber
) -> tuple[tuple[tuple[str, str], ...], list[Note]]:
    """The headers by which a server tells a script's call from a page, and those with a secret that an earlier answer
    holds; of the others only that they were there."""
    asked, found = leg.stop.asked, {}
    accept, kind = asked.header("accept"), asked.sent.mime.split(";")[0].lower() if asked.sent else ""
    if not leg.stop.is_page and accept != "*/*" and _ACCEPT.match(accept) and scrubber.is_clean(accept):
        found["Accept"] = accept
    if asked.header("x-requested-with") == "XMLHttpRequest":
        found["X-Requested-With"] = "XMLHttpRequest"
    if leg.request.json is not None and kind != "application/json" and _JSON_MIME.match(kind):
        found["Content-Type"] = kind
    notes = []
    for before, slot in secret_headers(asked):
        if not scrubber.is_clean(slot.name):
            continue
        title = "-".join(part.capitalize() for part in slot.name.split("-"))
        captured = values.captured(index, slot)
        if captured is not None:
            found[title] = f"{before}{Hole(captured)}"
        else:
            notes.append(_header_note(title))
    return tuple(found.items()), notes


def _header_note(title: str) -> Note:
    text = f'the header {title} was removed; if the site needs it, add headers: {{{title}: "env:NAME"}}'
    return Note(text=text, urgent=True)


def _pause_notes(leg: Leg) -> list[Note]:
    if leg.pause.cut_from is None:
        return []
    return [Note(text=f"the recording rests for {duration(leg.pause.cut_from)} here; that was cut")]


def _counted(counts: Counter[str]) -> tuple[Counted, ...]:
    return tuple(Counted(number=number, what=what) for what, number in counts.most_common() if number)
