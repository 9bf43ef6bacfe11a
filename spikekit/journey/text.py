"""A proposal as YAML for ``journeys:`` in ``site.yaml``, commented in plain words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from textwrap import wrap

from spikekit.journey.expectation import Expected
from spikekit.journey.pause import written
from spikekit.journey.proposal import Counted, Proposal, ProposedStep
from spikekit.journey.scalar import comment, flow, scalar
from spikekit.journey.variety import Table
from spikekit.site.placeholder import LANDING
from spikekit.wording import count, plural

WIDTH = 76
"""Of a comment's text: with its indentation it stays within 80 columns."""

COLUMN = 34
"""Where comments beside a step's lines begin, if the line leaves room."""

MAX_NAMED = 8
"""Hosts and reasons named one by one; the rest is summed up."""


def journeys_text(proposal: Proposal) -> str:
    """The whole block, from ``journeys:`` on."""
    return "journeys:\n" + journey_text(proposal)


def journey_text(proposal: Proposal) -> str:
    """The journey alone, indented as it stands under ``journeys:``."""
    lines = [f"  # {line}" for paragraph in account(proposal) for line in wrap(paragraph, WIDTH)]
    lines += [f"  {proposal.name}:", "    steps:"]
    for step in proposal.steps:
        lines += _step(step)
    return "\n".join(lines) + "\n"


def table_text(table: Table) -> str:
    """A data file as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return out.getvalue()


def account(proposal: Proposal) -> Iterator[str]:
    """What became of the recording, a sentence or two each; every request is accounted for."""
    yield sentence(proposal)
    if proposal.assets:
        yield f"{plural(proposal.assets, 'request')} for images, styles and scripts: `assets: auto` makes them."
    if proposal.other_hosts:
        yield f"Left out, because load goes to listed targets only: {_requests_to(proposal.other_hosts)}."
    if proposal.left_out:
        yield f"Left out: {_listed(proposal.left_out)}."
    if proposal.removed:
        nouns = ", ".join(plural_of(c) for c in proposal.removed)
        yield f"Secrets: {nouns} stood in the recording; none of them stands here."
    if proposal.changing:
        yield (
            f"{_steps(proposal.changing)} something on the site: the target needs `side_effects: accepted`, and "
            "test accounts, test payment and a way to clean up."
        )
    if any(note.urgent for step in proposal.steps for note in step.notes):
        yield "Lines marked ! need a look before this journey can work."
    yield "`continue: 60%` on a step says how many go on to it; without it everyone does."


def sentence(proposal: Proposal) -> str:
    """The answer first: so many requests became so many steps."""
    by = f" with {comment(proposal.browser)}" if proposal.browser else ""
    on = f" on {proposal.recorded_on}" if proposal.recorded_on else ""
    return (
        f"{plural(proposal.requests, 'request')} recorded{on}{by} became {plural(len(proposal.steps), 'step')} "
        f"on {comment(proposal.host)}."
    )


def plural_of(counted: Counted) -> str:
    """``1 cookie``, ``2 e-mail addresses``, ``3 session ids or tokens``."""
    if counted.number == 1:
        return f"1 {counted.what}"
    if counted.what == "session id or token":
        return f"{count(counted.number)} session ids or tokens"
    if counted.what.startswith("header"):
        return f"{count(counted.number)} headers with secrets"
    return f"{count(counted.number)} {counted.what}{'es' if counted.what.endswith('s') else 's'}"


def _requests_to(hosts: Sequence[Counted]) -> str:
    named = [f"{plural(c.number, 'request')} to {comment(c.what)}" for c in hosts[:MAX_NAMED]]
    rest = hosts[MAX_NAMED:]
    if rest:
        named.append(f"{plural(sum(c.number for c in rest), 'request')} to {plural(len(rest), 'other host')}")
    return ", ".join(named)


def _listed(reasons: Sequence[Counted]) -> str:
    return "; ".join(f"{count(c.number)} × {comment(c.what)}" for c in reasons)


def _steps(changing: Sequence[ProposedStep]) -> str:
    return "1 step changes" if len(changing) == 1 else f"{len(changing)} steps change"


def _step(step: ProposedStep) -> Iterator[str]:
    landing = f"recorded: {comment(step.recorded)}" if step.path == f"{{{LANDING}}}" else ""
    yield _beside(f"      - {step.method}: {scalar(step.path)}", landing)
    for note in step.notes:
        mark = "! " if note.urgent else ""
        yield from (f"        # {line}" for line in wrap(mark + comment_long(note.text), WIDTH - 6))
    if step.data is not None:
        yield f"        data: {scalar(step.data)}"
    if step.think_seconds:
        yield f"        think: {written(step.think_seconds)}"
    for key, mapping in (("headers", dict(step.headers)), ("form", step.form)):
        if mapping:
            yield f"        {key}:"
            yield from (f"          {scalar(name)}: {scalar(value)}" for name, value in mapping.items())
    if step.json is not None:
        yield f"        json: {flow(step.json)}"
    yield from _expect(step.expect)
    if step.capture:
        yield "        capture:"
        yield from (f"          {name}: {scalar(pattern)}" for name, pattern in step.capture)
    if step.assets:
        yield "        assets: auto"


def _expect(expect: Expected) -> Iterator[str]:
    parts = []
    if expect.status is not None:
        parts.append(f"status: {expect.status}")
    if expect.text is not None:
        parts.append(f"text: {scalar(expect.text)}")
    if parts:
        yield f"        expect: {{{', '.join(parts)}}}"


def _beside(line: str, remark: str) -> str:
    return f"{line:{COLUMN}} # {remark}" if remark else line


def comment_long(text: str) -> str:
    """A whole sentence as a comment: what came from the recording in it is short already."""
    return " ".join(comment(word) for word in text.split())
