"""How ``spikekit readiness`` gets its answers, from files or from bare figures, and how it shows them."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import click

from spikekit.campaign.kinds import OTHER_NAMES
from spikekit.campaign.model import LANDING_JOURNEY
from spikekit.capacity.estimate import Capacity, Estimate
from spikekit.cli.colour import echo
from spikekit.cli.heading import heading
from spikekit.cli.known import known_past
from spikekit.cli.options import print_document
from spikekit.cli.page import write_page
from spikekit.errors import FileProblems, UsageError
from spikekit.files.digest import digest
from spikekit.files.echo import quoted, suggestion
from spikekit.forecast.bare import campaign_of
from spikekit.forecast.forecast import drawn
from spikekit.history.commands import rehearsal_command, search_command
from spikekit.history.known import Asked, Known, asked_of_campaign, asked_of_tonight
from spikekit.history.state import state_folder
from spikekit.readiness.answer import DRAWS, Gap, Readiness, Status, assess
from spikekit.readiness.document import SCHEMA, readiness_document
from spikekit.readiness.evidence import Evidence, Knowledge
from spikekit.readiness.measuring import unmeasured_journey
from spikekit.readiness.question import Question
from spikekit.readiness.unit import REQUESTS
from spikekit.readiness.words import assumption
from spikekit.report.readiness.scaling import scaling_of
from spikekit.report.readiness.terminal import readiness_lines, tonight_lines
from spikekit.report.screen import shown
from spikekit.site.file import SITE_FILE, find_site
from spikekit.site.project import check, must_exist
from spikekit.vocabulary import ChannelKind, ExitCode, Range
from spikekit.vocabulary import Status as Planned

LIST_SCHEMA = "spikekit.readiness_list/1"
"""What ``--json`` prints of several campaigns: still one document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The command line as it was typed."""

    campaigns: tuple[Path, ...]
    target: str | None
    evidence_files: tuple[Path, ...]
    kind: str | None
    audience: float | None
    capacity: tuple[float, Literal["visitors", "requests"]] | None
    click_rate: float | None
    send_over: float | None
    html_file: Path | None
    scaling: str | None
    site_file: Path | None
    state_dir: Path | None
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One answer, what it was asked from and what was known, and the campaign's file where there is one."""

    answer: Readiness
    asked: Asked
    known: Known | None = None
    file: Path | None = None
    tonight: bool = False


def is_bare(given: Given) -> bool:
    """Whether figures were given instead of files. Raises ``UsageError`` for a mixture, or half of the figures."""
    figures = {
        "--kind": given.kind,
        "--audience": given.audience,
        "--capacity": given.capacity,
        "--click-rate": given.click_rate,
        "--send-over": given.send_over,
    }
    named = [name for name, value in figures.items() if value is not None]
    if not named:
        return False
    if given.campaigns or given.evidence_files or given.target:
        raise UsageError(f"{named[0]} is for an answer without files", hint="write it into the campaign's file instead")
    missing = [name for name in ("--kind", "--capacity") if figures[name] is None]
    if missing:
        raise UsageError(
            f"{named[0]} needs {' and '.join(missing)} too",
            hint="try: spikekit readiness --kind celebrity_post --audience 6.2M --capacity 50/s",
        )
    return True


def bare(given: Given) -> list[Told]:
    """The answer to figures alone: no file is read, and the capacity given is production's own, taken as exact."""
    assert given.kind is not None
    assert given.capacity is not None
    now = datetime.now(UTC).replace(microsecond=0)
    campaign = campaign_of(
        _kind(given.kind),
        given.audience,
        launch=now,
        click_rate=given.click_rate,
        send_over_seconds=given.send_over or 0.0,
    )
    rate, unit = given.capacity
    if not rate > 0:
        raise UsageError("--capacity is more than nothing", hint="try --capacity 50/s")
    evidence = Evidence(
        id="given",
        target="",
        created=now,
        journey=REQUESTS if unit == "requests" else LANDING_JOURNEY,
        capacity=Capacity(warm=Estimate(low=rate, likely=rate, high=rate, confidence=0.95)),
        knowledge=Knowledge.MEASURED,
    )
    traffic = drawn(campaign, seed=given.seed, draws=DRAWS)
    question = Question(forecast=traffic, evidence=(evidence,), ratio=Range.exact(1.0), now=now)
    return [Told(answer=assess(question), asked=Asked(question=question, files=()))]


def _kind(written: str) -> ChannelKind:
    kinds = [k.value for k in ChannelKind]
    if written not in kinds:
        raise UsageError(f"{quoted(written)} is not a kind of channel{suggestion(written, kinds, OTHER_NAMES)}")
    return ChannelKind(written)


def from_files(given: Given) -> list[Told]:
    """The answer for each campaign's file, or for tonight where none is named."""
    files = _campaign_files(given)
    _check_page(given, files)
    told = [_of_campaign(file, given) for file in files]
    if told:
        return told
    with _patience("every kind of channel"):
        known = _known(given, Path(SITE_FILE))
        asked = asked_of_tonight(known)
        return [Told(answer=assess(asked.question, with_advice=False), asked=asked, known=known, tonight=True)]


def _campaign_files(given: Given) -> list[Path]:
    """The files that were named, and of each folder those in it and below that are not cancelled, by launch."""
    found: dict[Path, Path] = {}
    for path in given.campaigns:
        for file in _in_folder(path, given.site_file) if path.is_dir() else [path]:
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _in_folder(folder: Path, site_file: Path | None) -> list[Path]:
    read = check([folder], site_file)
    if problems := [p for r in read for p in r.problems]:
        raise FileProblems(problems)
    due = [(r.campaign, r.path) for r in read if r.campaign is not None and r.campaign.status is not Planned.CANCELLED]
    if not due:
        raise UsageError(f"no campaign file in {folder}", hint="name campaign files, or the folder they are in")
    return [file for _, file in sorted(due, key=lambda pair: (pair[0].launch.astimezone(UTC), pair[0].id))]


def _of_campaign(file: Path, given: Given) -> Told:
    must_exist(file)
    with _patience(file.name):
        known = _known(given, file)
        asked = asked_of_campaign(file, known)
        told = Told(answer=assess(asked.question), asked=asked, known=known, file=file)
    for words in asked.left_out:
        click.echo(f"spikekit: {words}", err=True)
    return told


def _check_page(given: Given, files: list[Path]) -> None:
    """Before anything is worked out: raises ``UsageError`` where a page was asked for that cannot be."""
    if given.html_file is not None and len(files) != 1:
        raise UsageError("--html shows one campaign", hint="name one campaign file")
    if given.scaling is not None and not files:
        raise UsageError("--scaling is of a campaign's hours", hint="name one campaign file")


def _patience(subject: str) -> AbstractContextManager[object]:
    """Something that moves on a terminal while draws are made; nothing in a pipe."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console
    from rich.markup import escape

    return Console(stderr=True).status(f"Drawing {escape(shown(subject))} …")


def _known(given: Given, start: Path) -> Known:
    site = find_site(start, given.site_file)
    if site is None:
        raise UsageError(
            f"no {SITE_FILE} here or above, so there is no site to judge",
            hint="without files: spikekit readiness --kind celebrity_post --audience 6.2M --capacity 50/s",
        )
    return Known(
        site_file=site,
        state=state_folder(start.parent, explicit=given.state_dir, site_file=site),
        now=datetime.now(UTC),
        target=given.target,
        evidence_files=given.evidence_files,
        past=known_past(start.parent, state_dir=given.state_dir, site_file=site),
        seed=given.seed,
    )


def exit_code(told: list[Told]) -> ExitCode:
    """Of several campaigns, not ready counts before untested. What is safe tonight is an answer, not a verdict."""
    if told[0].tonight:
        return ExitCode.DONE if told[0].answer.survivable else ExitCode.INCONCLUSIVE
    codes = {t.answer.status.exit_code for t in told}
    return next(c for c in (ExitCode.NOT_READY, ExitCode.INCONCLUSIVE, ExitCode.DONE) if c in codes)


def show(told: list[Told], given: Given, *, as_json: bool) -> None:
    """On the terminal, as one document, as one page, or as a table for a scaling tool."""
    if given.html_file is not None:
        from spikekit.report.readiness.page import page

        write_page(page(told[0].answer), given.html_file, said=None if as_json else "The answer is in")
    if as_json:
        print_document(document(told, given.seed))
    elif given.scaling is not None:
        click.echo("\n---\n".join(scaling_of(t.answer, given.scaling) for t in told))
    elif given.html_file is None:
        for place, one in enumerate(told):
            echo("\n".join(([""] if place else []) + _lines(one)))


def document(told: list[Told], seed: int) -> dict[str, Any]:
    """``spikekit.readiness/1``; of several campaigns, one document that holds one for each."""
    created = datetime.now(UTC)
    documents = [
        readiness_document(
            t.answer,
            heading(SCHEMA, created=created, seed=seed, inputs={str(f): digest(f) for f in t.asked.files}),
        )
        for t in told
    ]
    if told[0].tonight:
        return {**documents[0], **_OF_TONIGHT, **_assumed(told[0].answer)}
    if len(documents) == 1:
        return documents[0]
    inputs = {name: mark for d in documents for name, mark in d["inputs"].items()}
    return {**heading(LIST_SCHEMA, created=created, seed=seed, inputs=inputs), "campaigns": documents}


_OF_TONIGHT: dict[str, Any] = {
    "campaign": None,
    "name": None,
    "launch": None,
    "sentence": None,
    "status": None,
    "survival_probability": None,
    "survival_range": None,
    "dominant_unknown": None,
    "unknowns": [],
    "peak_visitors_per_second": None,
    "minutes_over_capacity": None,
    "expected_lost_visitors": None,
}
"""Without a campaign there is nothing that could hold or not: those keys are empty."""


def _assumed(answer: Readiness) -> dict[str, str | None]:
    """What tonight's audiences are safe for; nothing where none is told."""
    if not answer.question.evidence:
        return {"journey": None, "assumption": None}
    return {"journey": answer.question.forecast.campaign.journey[0][0], "assumption": assumption(answer)}


def _lines(told: Told) -> list[str]:
    following = _following(told)
    if told.tonight:
        return tonight_lines(told.answer, next_command=following)
    return readiness_lines(told.answer, next_command=following)


def _following(told: Told) -> str:
    """The next thing to do."""
    answer = told.answer
    if answer.gap in (Gap.EVIDENCE, Gap.BEYOND):
        return search_command(answer.question, told.known)
    if answer.gap is Gap.RATIO:
        again = told.file or ""
        return f"declare capacity_ratio, then  spikekit readiness {again}".rstrip()
    if unmeasured_journey(answer) is not None or answer.question.evidence[0].is_doubtful:
        return search_command(answer.question, told.known)
    if told.tonight:
        return "spikekit readiness CAMPAIGN"
    if told.file is None or told.known is None:
        return "spikekit init my-campaigns"
    if answer.status is Status.READY and not answer.is_cleared:
        return rehearsal_command(told.file, answer.question, told.known)
    return f"spikekit readiness {told.file} --html readiness.html"
