"""A search for capacity: asked for, bounded by what the target allows, trial after trial, kept in one run folder.

Each trial is a run with a generator of its own, in a folder of its own below the search's. A generator starts in about
a second, which a budget of minutes bears; in return a trial's plan is the whole truth about it, its lease, limits and
measurements work as in any run, and a generator that breaks takes one trial with it.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from spikekit import __version__
from spikekit.campaign.model import LANDING_JOURNEY
from spikekit.capacity.document import CapacityRun
from spikekit.capacity.finding import find
from spikekit.capacity.search import Quest, next_move
from spikekit.capacity.trace import Trace, thinking_seconds
from spikekit.capacity.trial import Move, Trial, TrialKind, trial_of
from spikekit.engine.plan import Plan, Sending
from spikekit.engine.process import GeneratorProcess
from spikekit.errors import UsageError
from spikekit.guard.lock import TargetLock
from spikekit.guard.permit import named_target
from spikekit.guard.window import is_open
from spikekit.history.folder import RunFolder, create_run_folder
from spikekit.measurement.record import Record, read_seconds
from spikekit.measurement.second import Second
from spikekit.profile.model import Profile
from spikekit.profile.requests import UNSEEN, PageRequests, sent_requests_per_visitor
from spikekit.site.model import Site, Target
from spikekit.trial.asked import Asked
from spikekit.trial.counted import requests_per_visitor
from spikekit.trial.look import look
from spikekit.trial.permission import Permission
from spikekit.trial.plain import PlainLoad, asked_load
from spikekit.trial.rest import Rest
from spikekit.trial.result import document_of
from spikekit.trial.run import plan_of
from spikekit.verdict.judge import judged
from spikekit.verdict.run import Run
from spikekit.vocabulary import RunKind

BUDGET_SECONDS = 180.0
LEAST_BUDGET_SECONDS = 20.0
MOST_PER_SECOND = 10_000.0
"""Visitors/s a search rises to when nobody bounds it: more than one machine's generators can send."""

_BELOW_LIMIT = 0.95
"""Random arrivals cluster: at a target's very limit the engine would have to drop some."""

_SETTLES = 1.5
_DRAIN_SECONDS = 3.0
_RECOVERY_SHARE = 1 / 3
"""Of the budget, the most that is waited for the target to be idle again."""

OnSecond = Callable[[Plan, Second], None]
OnTrial = Callable[[Move | None, list[Trial]], None]
"""Hears of each move before it is made, and of the trials so far; of None at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What somebody asks for: the capacity of ``target`` for visitors who land on ``path`` and take ``journey``."""

    target: str | None = None
    journey: str | None = None
    path: str = "/"
    budget_seconds: float = BUDGET_SECONDS
    max_rate: float | None = None
    label: str | None = None
    seed: int = 0
    sending: Sending = field(default_factory=Sending)


def search_capacity(
    sought: Sought,
    site: Site,
    state: Path,
    *,
    command: str,
    inputs: dict[str, str],
    environ: Mapping[str, str],
    on_trial: OnTrial = lambda _move, _trials: None,
    on_second: OnSecond = lambda _plan, _second: None,
) -> CapacityRun:
    """Search, and keep what was found. Ctrl-C keeps the trials so far, with ``interrupted`` set.

    Raises ``Refused``, ``UsageError`` or ``Unmeasured`` before any load was sent.
    """
    asked, bound = _asked(sought, site, UNSEEN, command=command, inputs=inputs)
    permission = Permission(asked, environ)
    with TargetLock((address, host.port) for host in permission.hosts for address in host.addresses) as lock:
        pages = look(asked, permission.hosts[0].addresses[0], environ).pages
        asked, bound = _asked(sought, site, pages, command=command, inputs=inputs)
        permission.require(asked)
        now = datetime.now(UTC)
        folder = create_run_folder(state, kind=RunKind.CAPACITY, subject=asked.target.name, now=now)
        with folder.claimed():
            searching = _Searching(asked, permission, lock, folder, environ, on_second)
            permission.watch()
            try:
                searching.run(on_trial)
            finally:
                permission.end()
            result = _result(searching, asked, permission, folder, now, bound)
            with contextlib.suppress(UsageError):
                folder.write_document(result)
    return result


def _asked(
    sought: Sought, site: Site, pages: PageRequests, *, command: str, inputs: dict[str, str]
) -> tuple[Asked, str]:
    """The most that the search may ever send, for as long as it may last; and what sets the highest rate."""
    target = named_target(site, sought.target)
    most, bound = _most(sought, site, target, pages)
    budget = _budget(sought, target, datetime.now(UTC))
    load = PlainLoad(
        rate=most,
        duration_seconds=budget,
        target=target.name,
        journey=sought.journey,
        path=sought.path,
        sending=sought.sending,
        seed=sought.seed,
        label=sought.label,
    )
    asked = asked_load(load, site, command=command, inputs=inputs).seen(pages)
    figures = {k: v for k, v in asked.figures.items() if k in ("journey", "landing", "arrivals", "connections")}
    figures |= {"budget_seconds": budget, "most_visitors_per_second": round(most, 3), "bound": bound}
    return replace(asked, kind=RunKind.CAPACITY, drain_seconds=_DRAIN_SECONDS, figures=figures), bound


def _result(
    searching: _Searching, asked: Asked, permission: Permission, folder: RunFolder, now: datetime, bound: str
) -> CapacityRun:
    return document_of(
        find(searching.quest, searching.trials, searching.pages, bound=bound),
        searching.trials,
        asked=asked,
        id_=folder.id,
        created=now,
        requests=requests_per_visitor(asked, searching.runs),
        interrupted=searching.interrupted,
        withdrawn=permission.withdrawn,
        tool_version=__version__,
    )


class _Searching:
    """The trials of one search."""

    def __init__(
        self,
        asked: Asked,
        permission: Permission,
        lock: TargetLock,
        folder: RunFolder,
        environ: Mapping[str, str],
        on_second: OnSecond,
    ) -> None:
        self._asked = asked
        self._permission = permission
        self._lock = lock
        self._folder = folder
        self._on_second = on_second
        self._rest = Rest(asked, permission.hosts[0].addresses[0], environ)
        self._begun = time.monotonic()
        plan = plan_of(asked, permission, folder.id, datetime.now(UTC))
        self.pages = {name: count / plan.profile.total for name, count in plan.expected_pages().items()}
        self.quest = Quest(
            most_per_second=asked.profile.peak,
            budget_seconds=plan.profile.duration_seconds,
            settle_seconds=_SETTLES * thinking_seconds(plan),
        )
        self.trials: list[Trial] = []
        self.runs: list[Run] = []
        self.interrupted = False

    def run(self, on_trial: OnTrial) -> None:
        """Trial after trial until the search is over, or stopped."""
        try:
            self._rest.learn()
            while not self._permission.withdrawn and (move := next_move(self.quest, self.trials)):
                on_trial(move, self.trials)
                trial = self._try(move)
                if self.interrupted:
                    break
                self.trials.append(trial)
        except KeyboardInterrupt:
            self.interrupted = True
        finally:
            self._rest.close()
            on_trial(None, self.trials)

    def _try(self, move: Move) -> Trial:
        begun = time.monotonic()
        plan = self._plan(move)
        folder = RunFolder(path=self._folder.path / "trials" / f"{len(self.trials) + 1:02d}")
        folder.path.mkdir(parents=True)
        plan.write(folder.plan_file)
        trace = Trace(plan, settle_seconds=self.quest.settle_seconds, rising=move.kind is TrialKind.LOOK)
        sent = self._send(plan, folder, trace, move.duration_seconds)
        stopped = "the trial was stopped early" if sent < move.duration_seconds else None
        run = judged(plan, Record(read_seconds(folder.seconds_file)), ended=stopped)
        self.runs.append(run)
        recovery, rest = (None, None)
        if not self.interrupted:
            recovery, rest = self._rest.wait(max(self.quest.budget_seconds * _RECOVERY_SHARE, 5.0))
        trial = trial_of(
            move,
            run,
            trace,
            sent_seconds=sent,
            offset_seconds=begun - self._begun,
            took_seconds=time.monotonic() - begun,
            recovery_seconds=recovery,
            rest_seconds=rest,
        )
        return replace(trial, gone=trial.gone or self._rest.gone)

    def _plan(self, move: Move) -> Plan:
        stream = replace(self._asked.profile.streams[0], curve=move.curve())
        asked = replace(
            self._asked,
            profile=Profile(streams=(stream,), duration_seconds=move.duration_seconds),
            seed=self._asked.seed + len(self.trials),
        )
        return plan_of(asked, self._permission, self._folder.id, datetime.now(UTC))

    def _send(self, plan: Plan, folder: RunFolder, trace: Trace, seconds: float) -> float:
        """Send a trial until its end, or until it has clearly failed; returns how many seconds that were."""
        sent = seconds
        with GeneratorProcess(folder.path, folder.seconds_file, keep_open=self._lock.filenos()) as generator:
            try:
                for line in generator.seconds():
                    self._on_second(plan, line)
                    if sent < seconds:
                        continue
                    trace.add(line)
                    if (trace.seconds < seconds and trace.has_failed()) or self._permission.withdrawn:
                        sent = float(min(trace.seconds, seconds))
                        generator.stop()
            except KeyboardInterrupt:
                self.interrupted = True
            generator.finish()
        return sent


def _most(sought: Sought, site: Site, target: Target, pages: PageRequests) -> tuple[float, str]:
    """The highest rate to try, visitors/s, and what sets it."""
    mix = ((sought.journey or LANDING_JOURNEY, 1.0),)
    requests = sent_requests_per_visitor(mix, site, landing=sought.path, pages=pages)
    bounds = [(MOST_PER_SECOND * sought.sending.all_workers, "no machine of this size sends more")]
    if sought.max_rate is not None:
        bounds.append((sought.max_rate, f"--max-rate is {sought.max_rate:g} visitors/s"))
    journey = site.journey(sought.journey) if sought.journey else None
    hosts = {target.name, *(step.host for step in (journey.steps if journey else ()))}
    for limit in (t.limits.requests_per_second for t in site.targets if t.name in hosts):
        if limit is not None:
            bounds.append((_BELOW_LIMIT * limit / requests, f"site.yaml allows {limit:g} requests/s"))
    return min(bounds)


def _budget(sought: Sought, target: Target, now: datetime) -> float:
    """Seconds the search may last: the target's longest run, and its window's end, come before what was asked for."""
    bounds = [sought.budget_seconds]
    if target.limits.duration_seconds is not None:
        bounds.append(target.limits.duration_seconds)
    if target.windows:
        bounds.append(_left_open(target, now, sought.budget_seconds))
    if min(bounds) < LEAST_BUDGET_SECONDS and sought.budget_seconds >= LEAST_BUDGET_SECONDS:
        # The guard says it better, with the window or the limit that is in the way.
        return sought.budget_seconds
    if min(bounds) < LEAST_BUDGET_SECONDS:
        raise UsageError(f"a search takes at least {LEAST_BUDGET_SECONDS:.0f} s", hint="give it more: --budget 3m")
    return min(bounds)


def _left_open(target: Target, now: datetime, wanted: float) -> float:
    """How long one of the target's windows stays open from now, at most ``wanted`` seconds."""
    open_for = 0.0
    for window in target.windows:
        seconds = 0.0
        while seconds < wanted and is_open(window, now + timedelta(seconds=seconds)):
            seconds += 10.0
        open_for = max(open_for, seconds - 10.0)
    return min(max(open_for, 0.0), wanted)
