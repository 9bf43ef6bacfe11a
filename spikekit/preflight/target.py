"""The target itself: may it be loaded, does it answer, and what does each visitor cost it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from spikekit.engine.plan import Host
from spikekit.errors import Refused, Unmeasured
from spikekit.files.echo import escaped
from spikekit.preflight.arriving import arriving_findings
from spikekit.preflight.caching import caching_findings
from spikekit.preflight.connecting import connecting_findings
from spikekit.preflight.finding import Finding, Weight
from spikekit.preflight.strength import Need
from spikekit.preflight.visit import Visit
from spikekit.preflight.waiting import waiting_findings
from spikekit.preflight.walk import walk
from spikekit.preflight.weighing import weighing_findings
from spikekit.profile.requests import PageRequests
from spikekit.trial.asked import Asked
from spikekit.trial.look import busiest, knock
from spikekit.trial.permission import Permission
from spikekit.vocabulary import ExitCode
from spikekit.wording import plural

_MOST_NAMED = 5
"""Landing pages that are named; of more, how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was found, the exit code it means, and how many requests the target was sent for it.

    ``asked`` is the run after a look at the page that visitors are given in the end, behind its redirects; ``need``
    what it needs of this machine.
    """

    asked: Asked
    need: Need | None

    findings: tuple[Finding, ...]
    code: ExitCode
    requests: int = 0


def look_at_target(
    asked: Asked, need_of: Callable[[Asked], Need | None], environ: Mapping[str, str], *, now: datetime
) -> Looked:
    """Ask for leave first; who does not give it is sent nothing. Needs nothing: only the target is looked at."""
    try:
        permission = Permission(asked, environ)
        host = permission.hosts[0]
    except (Refused, Unmeasured) as error:
        name = "permission" if isinstance(error, Refused) else "address"
        return Looked(asked=asked, need=need_of(asked), findings=(_problem(name, error),), code=error.exit_code)
    text = f"may be loaded: {host.name} at {', '.join(host.addresses)}"
    allowed = Finding(name="permission", weight=Weight.FINE, text=text)
    requests = 1
    try:
        knock(asked, host.addresses[0], environ)
        seen = _visited(asked, host, environ)
        requests += seen.requests
    except Unmeasured as silent:
        findings: tuple[Finding, ...] = (allowed, _problem("answer", silent))
        return Looked(
            asked=asked, need=need_of(asked), findings=findings, code=ExitCode.INCONCLUSIVE, requests=requests
        )
    asked = asked.seen(_pages(asked, seen))
    need = need_of(asked)
    refusal = _refusal(permission, asked)
    page = escaped(busiest(asked).landing)
    answer = f"it answers; {page} was looked at with {plural(requests, 'request')}, one after the other"
    fine = Finding(name="answer", weight=Weight.FINE, text=answer)
    findings = (
        _problem("permission", refusal) if refusal else allowed,
        fine,
        *_unseen(asked),
        *_findings(seen, asked, need, now),
    )
    blocked = any(finding.weight is Weight.PROBLEM for finding in findings)
    code = ExitCode.INCONCLUSIVE if blocked else ExitCode.DONE
    return Looked(
        asked=asked,
        need=need,
        findings=findings,
        code=refusal.exit_code if refusal else code,
        requests=requests,
    )


def _unseen(asked: Asked) -> Iterator[Finding]:
    """The campaign's other landing pages, of which nothing is said."""
    looked_at = busiest(asked).landing
    channels = (s for s in sorted(asked.profile.streams, key=lambda s: -s.curve.total) if s.kind is not None)
    others = [escaped(page) for page in dict.fromkeys(s.landing for s in channels) if page != looked_at]
    if not others:
        return
    named = ", ".join(others[:_MOST_NAMED])
    more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
    yield Finding(
        name="landing_pages",
        weight=Weight.WARNING,
        text=f"only {escaped(looked_at)} was looked at, to which most come; of the campaign's other landing pages "
        f"({named}{more}) nothing is known, not even whether they are there",
        hint=f"spikekit preflight --target {asked.target.name} --path {others[0]} looks at another; a rehearsal visits "
        "them all",
        figures={"landing_pages_unseen": float(len(others))},
    )


def _refusal(permission: Permission, asked: Asked) -> Refused | None:
    """Why so much may not be sent, now that it is known what a visitor's page costs."""
    try:
        permission.require(asked)
    except Refused as refusal:
        return refusal
    return None


def _pages(asked: Asked, seen: Visit) -> PageRequests:
    if not seen.is_whole:
        return asked.pages
    return replace(asked.pages, seen={busiest(asked).landing: float(seen.requests_each)})


def _visited(asked: Asked, host: Host, environ: Mapping[str, str]) -> Visit:
    return walk(host, busiest(asked).landing, environ, most_per_second=asked.target.limits.requests_per_second)


def _findings(seen: Visit, asked: Asked, need: Need | None, now: datetime) -> Iterator[Finding]:
    peak = need.campaign_peak if need else None
    production = asked.site.production
    yield from arriving_findings(seen)
    if seen.is_whole:
        yield from waiting_findings(seen, asked.objectives)
        yield from caching_findings(seen, peak)
        yield from weighing_findings(seen, peak)
        yield from connecting_findings(
            seen,
            peak,
            now=now,
            needed_until=need.launch if need else None,
            production_tls=production is not None and production.url.startswith("https:"),
        )
    if seen.cut_short is not None:
        yield Finding(
            name="cut_short",
            weight=Weight.PROBLEM if seen.page is None else Weight.WARNING,
            text=f"the look ended early, after {plural(seen.requests, 'request')}: {seen.cut_short}",
            hint="a target that loses single requests will lose more of a crowd",
        )


def _problem(name: str, error: Refused | Unmeasured) -> Finding:
    return Finding(name=name, weight=Weight.PROBLEM, text=error.message, hint=error.hint)
