"""The whole question in one place: may this run go to that target, now, at this rate, for so long?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from spikekit.errors import Refused, UsageError
from spikekit.files.echo import nearest
from spikekit.guard.addresses import Address, Resolve, is_private, refuse_production, resolve, target_addresses
from spikekit.guard.consent import ConsentDesk
from spikekit.guard.window import require_open
from spikekit.site.model import Journey, Site, Target

_SAFE_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody wants to send: the most requests/s expected, for how long, by which journeys."""

    requests_per_second: float
    duration_seconds: float
    journeys: Sequence[Journey]


def named_target(site: Site, name: str | None) -> Target:
    """The target of that name, or the only one. Raises ``UsageError`` with what there is."""
    names = [t.name for t in site.targets]
    if name is None:
        if len(names) == 1:
            return site.targets[0]
        raise UsageError(f"which target? site.yaml has {', '.join(names) or 'none'}", hint="choose one with --target")
    target = site.target(name)
    if target is None:
        near = nearest(name, names)
        raise UsageError(
            f'no target "{name}" in site.yaml; it has {", ".join(names) or "none"}',
            hint=f"did you mean --target {near}?" if near else "only targets named in site.yaml may be loaded",
        )
    return target


def permitted_addresses(
    site: Site,
    target: Target,
    request: Request,
    *,
    now: datetime,
    desk: ConsentDesk | None = None,
    resolve_name: Resolve = resolve,
) -> tuple[Address, ...]:
    """Where the load may go. ``desk`` is asked when the target's consent is ``file``.

    Raises ``Refused`` with the reason, or ``Unmeasured`` when the target cannot be found.
    """
    require_limits(target, request)
    _require_methods(target, request.journeys)
    require_open(target.windows, now, request.duration_seconds)
    addresses = target_addresses(target.url, resolve_name)
    if site.production is not None:
        refuse_production(target.url, addresses, site.production.url, resolve_name)
    if target.consent == "private":
        _require_private(target, addresses)
    elif desk is not None:
        desk.require(addresses if not target.addresses else _outside(target, addresses) or addresses[:1])
    else:
        raise Refused(f"target {target.name} asks for consent, and nobody asked it")
    if target.addresses and target.consent == "private" and (outside := _outside(target, addresses)):
        raise Refused(f"target {target.name} leads to {outside[0]}, outside its `addresses` in site.yaml")
    return addresses


def require_limits(target: Target, request: Request) -> None:
    """Raises ``Refused`` for more, or longer, than the target allows."""
    limits = target.limits
    rate, seconds = limits.requests_per_second, limits.duration_seconds
    if rate is not None and request.requests_per_second > rate * (1 + 1e-9):
        raise Refused(
            f"this would send up to {request.requests_per_second:,.0f} requests/s; "
            f"target {target.name} allows {rate:,.0f}",
            hint="lower the rate, or raise limits.requests_per_second in site.yaml if IT agrees",
        )
    if seconds is not None and request.duration_seconds > seconds * (1 + 1e-9):
        raise Refused(
            f"this would last {request.duration_seconds:,.0f} s; target {target.name} allows {seconds:,.0f} s",
            hint="shorten it, or raise limits.duration in site.yaml if IT agrees",
        )


def _require_methods(target: Target, journeys: Sequence[Journey]) -> None:
    if target.side_effects:
        return
    for journey in journeys:
        if journey.locust is not None:
            raise Refused(
                f"journey {journey.name} is a Locust class, whose code may change things on target {target.name}",
                hint="if that is fine there (orders, mails, stock), set side_effects: accepted on the target",
            )
        for step in journey.steps:
            if step.method not in _SAFE_METHODS:
                raise Refused(
                    f"step {step.name} of journey {journey.name} may change things on target {target.name}",
                    hint="if that is fine there (orders, mails, stock), set side_effects: accepted on the target",
                )


def _require_private(target: Target, addresses: Sequence[Address]) -> None:
    public = [str(a) for a in addresses if not is_private(a)]
    if public:
        raise Refused(
            f"target {target.name} has consent: private, but leads to {', '.join(public)}, a public address",
            hint="set consent: file and serve the consent file there",
        )


def _outside(target: Target, addresses: Sequence[Address]) -> tuple[Address, ...]:
    return tuple(a for a in addresses if not any(a in network for network in target.addresses))
