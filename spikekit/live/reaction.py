"""What is the matter on a watched site → what to do about it, for on call and for marketing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from math import ceil
from zoneinfo import ZoneInfo

from spikekit.campaign.model import Campaign
from spikekit.live.alarm import Event
from spikekit.live.outlook import Outlook
from spikekit.live.spike import Spike, SpikeKind
from spikekit.live.standing import State, standing
from spikekit.live.watch import Watch
from spikekit.wording import about, percent, span

NEAR = 0.8
"""Of the known capacity: from here on queues begin to grow."""
KEPT = 0.9
"""Of the known capacity: what a waiting room lets in, and what more servers are sized for."""
SILENT_SECONDS = 60
LEAST_MISSED = 20.0
"""Lines that should have come before a silence is told."""

_FIRST_STEP = {
    SpikeKind.CROWD: "let them in as the site can take them",
    SpikeKind.BOTS: "limit the rate of these addresses",
    SpikeKind.ATTACK: "block or challenge these requests at the edge",
    SpikeKind.UNKNOWN: "look at the log's latest lines",
}


def events(watch: Watch, outlooks: Mapping[str, Outlook], now: int, *, silent_seconds: float = 0.0) -> list[Event]:
    """Everything that is the matter at ``now`` (seconds since 1970)."""
    found = [_undeclared(watch, spike, now) for spike in watch.active if not spike.declared]
    for name in watch.courses:
        forecast = watch.watched.forecast_of(name)
        if forecast is not None:
            found += _of_campaign(watch, forecast.campaign, outlooks.get(name), now)
    found += _load(watch, outlooks, now)
    latest = watch.latest or now
    missed = watch.pace.mean(latest - 600, latest) * silent_seconds
    if silent_seconds >= SILENT_SECONDS and missed > LEAST_MISSED:
        words = "nothing is known of the site until lines come again: look at the server and at what ships its logs"
        title, over = "the log has stopped", "the log goes on"
        if watch.is_queried:
            words = "nothing is known of the site until it has: look at Prometheus and at what it scrapes"
            title, over = "Prometheus has nothing new of the query", "Prometheus has data again"
        found.append(
            Event(
                id="silence",
                title=title,
                on_call=f"{title}; {words}",
                marketing=title,
                over=over,
                size=1.0,
            )
        )
    return found


def _undeclared(watch: Watch, spike: Spike, now: int) -> Event:
    cause = watch.cause(spike)
    reasons = f" ({'; '.join(spike.reasons)})" if spike.reasons else ""
    rate = (
        f"{about(spike.peak_requests_per_second)} requests/s at most so far, usual are {about(spike.usual_per_minute)}"
    )
    return Event(
        id=f"spike {spike.id}",
        title=f"Undeclared: {cause}",
        on_call=f"{cause}{reasons}. {rate} {spike.counted} a minute. First: {_FIRST_STEP[spike.kind]}."
        f"{_relief(watch, None, now)}",
        marketing=f"{cause}. If it is yours, declare it; if not, see who posted it: {spike.referrer or spike.source}.",
        over=f"the spike is over: {cause}",
        size=max(spike.per_minute, 1.0),
    )


def _of_campaign(watch: Watch, campaign: Campaign, outlook: Outlook | None, now: int) -> Iterator[Event]:
    forecast = watch.watched.forecast_of(campaign.id)
    if forecast is None:
        return
    said = standing(forecast, watch.courses[campaign.id], now)
    if said.state in (State.EARLY, State.FAR_ABOVE, State.FAR_BELOW, State.MISSING):
        title = f"{campaign.name}: {said.words}"
        yield Event(
            id=f"campaign {campaign.id}",
            kind=said.state,
            title=title,
            on_call=f"{title}.{_peak(outlook, campaign)}{_relief(watch, outlook, now)}",
            marketing=f"{title}. {_stop(campaign, outlook) if said.state is not State.MISSING else _missing(campaign)}",
            over=f"{campaign.name} is within its forecast",
            size=max(said.times or 1.0, 0.1),
        )


def _load(watch: Watch, outlooks: Mapping[str, Outlook], now: int) -> Iterator[Event]:
    """The site is near its capacity, or will likely be beyond."""
    capacity = watch.watched.capacity_requests_per_second
    if capacity is None:
        return
    rate = watch.pace.mean(now - 60, now)
    worst = max(outlooks.values(), key=_minutes_over, default=None)
    over = _minutes_over(worst) if worst else 0.0
    if rate < NEAR * capacity and over < 1:
        return
    campaign = next((c for c in watch.watched.campaigns if worst and c.id == worst.campaign), None)
    share = f"{rate / capacity:.0%} of what the site is known to take ({about(capacity)}/s)".replace("%", " %")
    ahead = f"; above it for about {span(60 * over)} still" if over >= 1 else ""
    title = f"{about(rate)} requests/s, {share}{ahead}"
    yield Event(
        id="capacity",
        title=title,
        on_call=f"{title}.{_peak(worst, campaign) if campaign else ''}{_relief(watch, worst, now)}",
        marketing=f"The site is close to what it can take: {title}. {_stop(campaign, worst) if campaign else ''}",
        over=f"the load is below {percent(NEAR)} of capacity again",
        size=rate / capacity,
    )


def _minutes_over(outlook: Outlook) -> float:
    over = outlook.minutes_over
    return over.p50 if over else 0.0


def _peak(outlook: Outlook | None, campaign: Campaign | None) -> str:
    if outlook is None or campaign is None:
        return ""
    peak = outlook.peak_requests
    at = datetime.fromtimestamp(outlook.peak_at, ZoneInfo(campaign.timezone))
    return f" Still to come: {about(peak.p50)} requests/s (one time in ten over {about(peak.p90)}) about {at:%H:%M}."


def _relief(watch: Watch, outlook: Outlook | None, now: int) -> str:
    """The runbook's figures: how many a waiting room lets in, and how many servers it takes."""
    capacity = watch.watched.capacity_requests_per_second
    if capacity is None:
        return " The site's capacity is not known: spikekit capacity."
    rate = watch.pace.mean(now - 60, now)
    peak = max(rate, (outlook.peak_requests.p90 if outlook else 0.0) + rate * (outlook is None))
    words = ""
    if outlook is not None and outlook.room is not None:
        words += f" Waiting room: let in {about(KEPT * outlook.room)} visitors/s."
    if peak > KEPT * capacity:
        times = peak / (KEPT * capacity)
        site = watch.watched.site
        replicas = site.production.replicas if site and site.production else None
        words += (
            f" Scale to {ceil(replicas * times)} servers." if replicas else f" Scale to {times:.1f} times the servers."
        )
    return words


def _stop(campaign: Campaign, outlook: Outlook | None) -> str:
    contacts = dict(campaign.contacts)
    call = f" Call {contacts['on_call']}." if "on_call" in contacts else ""
    if outlook is None or outlook.saves < 1:
        return f"Nothing is left that could be stopped.{call}"
    how = contacts.get("stop_send", "stop what is not sent yet")
    share = outlook.saves / max(outlook.nowcast.total_24h.p50, 1.0)
    saves = f"about {about(outlook.saves)} visitors ({min(share, 1.0):.0%} of the day's)".replace("%", " %")
    return f"To stop: {how}; that keeps away {saves}.{call}"


def _missing(campaign: Campaign) -> str:
    return f"Was it sent? Ask {dict(campaign.contacts).get('marketing', campaign.owner or 'its owner')}."
