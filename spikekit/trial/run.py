"""Run it: permission, a folder, a generator, a verdict, a document. What was measured is kept whatever happens."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from spikekit import __version__
from spikekit.engine.plan import Plan
from spikekit.engine.process import GeneratorProcess
from spikekit.errors import UsageError
from spikekit.guard.consent import ASK_EVERY_SECONDS
from spikekit.guard.lock import TargetLock
from spikekit.history.folder import RunFolder, create_run_folder
from spikekit.measurement.record import Record, read_seconds
from spikekit.measurement.second import Second
from spikekit.trial.asked import Asked, journeys_of
from spikekit.trial.expectation import Expectation, expectation
from spikekit.trial.look import look
from spikekit.trial.permission import Permission
from spikekit.verdict.judge import judged
from spikekit.verdict.run import Run

OnSecond = Callable[[Plan, Second], None]


def run_trial(
    asked: Asked,
    state: Path,
    *,
    environ: Mapping[str, str],
    on_expectation: Callable[[Expectation], None] = lambda _: None,
    on_second: OnSecond = lambda _plan, _second: None,
    ask_every_seconds: float = ASK_EVERY_SECONDS,
) -> Run:
    """Send what is asked and judge it.

    ``on_expectation`` hears what will be sent before it is; ``on_second`` of every second as it comes. Ctrl-C
    (``KeyboardInterrupt``) stops the load within a second; the run comes back with ``interrupted`` set. Consent is
    asked for again every ``ask_every_seconds``; taken back, it ends the load as well, and ``refused`` is set. Raises
    ``Refused``, ``UsageError`` or ``Unmeasured`` before any load was sent.
    """
    permission = Permission(asked, environ, ask_every_seconds=ask_every_seconds)
    with TargetLock((address, host.port) for host in permission.hosts for address in host.addresses) as lock:
        looked = look(asked, permission.hosts[0].addresses[0], environ)
        asked = asked.seen(looked.pages)
        permission.require(asked)
        on_expectation(expectation(asked, looked.page_bytes))
        now = datetime.now(UTC)
        folder = create_run_folder(state, kind=asked.kind, subject=asked.campaign or asked.target.name, now=now)
        plan = plan_of(asked, permission, folder.id, now)
        plan.write(folder.plan_file)
        with folder.claimed():
            run = _send(plan, folder, permission, lock, on_second)
            # A disk that took no more must not cost the verdict as well: the document is worth trying, no more.
            with contextlib.suppress(UsageError):
                folder.write_document(run)
    return run


def rebuilt(folder: Path) -> Run:
    """The run of a folder whose process was killed before it could judge: from its plan and its lines.

    Raises ``ValueError`` when even the plan is missing or not one.
    """
    run = RunFolder(path=folder)
    plan = Plan.read(run.plan_file)
    record = Record(read_seconds(run.seconds_file))
    return judged(plan, record, ended=None if record.ended else "the run ended early: its process was killed")


def plan_of(asked: Asked, permission: Permission, run_id: str, now: datetime) -> Plan:
    """What was asked, bound to where it was permitted: all that a generator needs."""
    return Plan(
        id=run_id,
        kind=asked.kind,
        seed=asked.seed,
        profile=asked.profile,
        journeys=journeys_of(asked.profile, asked.site),
        hosts=permission.hosts,
        objectives=asked.objectives,
        created=now.isoformat(timespec="seconds"),
        tool_version=__version__,
        campaign=asked.campaign,
        label=asked.label,
        inputs=asked.inputs,
        asked={
            **asked.figures,
            "peak_visitors_per_second": round(asked.profile.busiest(), 3),
            "page_requests": asked.pages.seen,
        },
        command=asked.command,
        sending=asked.sending,
        habits=asked.site.habits,
        drain_seconds=asked.drain_seconds,
        max_requests_per_second=min(_limits(asked, permission), default=None),
    )


def _limits(asked: Asked, permission: Permission) -> Iterator[float]:
    """What each target the run goes to allows: all requests together keep to the lowest, as before a run."""
    for target in asked.site.targets:
        limit = target.limits.requests_per_second
        if limit is not None and any(host.name == target.name for host in permission.hosts):
            yield limit


def _send(plan: Plan, folder: RunFolder, permission: Permission, lock: TargetLock, on_second: OnSecond) -> Run:
    interrupted = False
    with GeneratorProcess(folder.path, folder.seconds_file, keep_open=lock.filenos()) as generator:
        permission.watch()
        try:
            for second in generator.seconds():
                on_second(plan, second)
                if permission.withdrawn:
                    generator.stop()
        except KeyboardInterrupt:
            interrupted = True
        permission.end()
        generator.finish()
    # From the disk, as anyone could: what was shown on the way may have been cut short.
    record = Record(read_seconds(folder.seconds_file))
    ended = permission.withdrawn or _early_end(record, generator, interrupted=interrupted)
    refused = permission.withdrawn is not None
    return judged(plan, record, ended=ended, interrupted=interrupted, refused=refused)


def _early_end(record: Record, generator: GeneratorProcess, *, interrupted: bool) -> str | None:
    if interrupted:
        return "the run was stopped by hand"
    if not record.ended:
        complaint = generator.log().splitlines()[-1:]
        return f"the load generator died ({complaint[0]})" if complaint else "the load generator died"
    return None
