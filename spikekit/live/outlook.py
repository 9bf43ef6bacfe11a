"""What a campaign still brings, seen from now: the nowcast in the site's terms, requests/s and instants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikekit.campaign.model import Channel
from spikekit.forecast.forecast import Forecast
from spikekit.forecast.nowcast import Nowcast, Observation, nowcast
from spikekit.forecast.quantiles import Quantiles
from spikekit.forecast.wave import Role
from spikekit.live.course import Course

LEAST_VISITORS_CAPACITY = 0.01
LEAST_ROOM = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """``requests_per_visitor`` turns the nowcast's visitors into requests; ``saves`` is what stopping would spare.

    ``at`` is when it was made (seconds since 1970), ``launch`` the campaign's; ``room`` the visitors/s of the campaign
    that the site takes beside everything else, where its capacity is known; ``is_crowded`` when everything else
    alone leaves hardly any.
    """

    campaign: str
    at: int
    launch: int
    nowcast: Nowcast
    requests_per_visitor: float
    room: float | None
    saves: float
    is_crowded: bool = False

    @property
    def peak_requests(self) -> Quantiles:
        """The largest rate still to come, requests/s."""
        peak, each = self.nowcast.peak_to_come_per_second, self.requests_per_visitor
        return Quantiles(
            p5=peak.p5 * each, p10=peak.p10 * each, p50=peak.p50 * each, p90=peak.p90 * each, p95=peak.p95 * each
        )

    @property
    def minutes_over(self) -> Quantiles | None:
        """Minutes to come above the capacity; ``None`` where it is not known, or reached without the campaign."""
        return None if self.is_crowded else self.nowcast.minutes_over_capacity_to_come

    @property
    def peak_at(self) -> int:
        """When it likely comes, seconds since 1970."""
        return self.launch + round(self.nowcast.peak_to_come_at_seconds.p50)

    def below(self, requests_per_second: float) -> int | None:
        """From when on the likely rate stays below so many requests/s; ``None`` if it already does or never does."""
        above = np.nonzero(self.nowcast.curve.p50 * self.requests_per_visitor > requests_per_second)[0]
        edges = np.append(self.nowcast.curve.offset_seconds[1:], self.nowcast.curve.end_seconds)
        return self.launch + round(float(edges[above[-1]])) if len(above) else None

    def expected(self, offsets: Sequence[float]) -> list[float]:
        """The likely requests/s of the campaign at offsets after its launch that are still to come; before it, none."""
        curve = self.nowcast.curve
        places = np.searchsorted(curve.offset_seconds, np.asarray(offsets), side="right") - 1
        return [float(curve.p50[p]) * self.requests_per_visitor if p >= 0 else 0.0 for p in places]


def outlook(
    forecast: Forecast, course: Course, now: int, *, capacity: float | None, others_per_second: float
) -> Outlook:
    """The outlook at ``now``. ``capacity`` and ``others_per_second`` (what comes beside the campaign) in requests/s."""
    minutes = course.whole_minutes(now)
    each = course.requests_per_click or requests_per_visitor(forecast)
    room = None if capacity is None else max(capacity - others_per_second, LEAST_VISITORS_CAPACITY) / each
    seen = nowcast(
        forecast,
        Observation(minutes=minutes, saturated=course.saturated(len(minutes))),
        capacity_per_second=room,
    )
    return Outlook(
        campaign=forecast.campaign.id,
        at=now,
        launch=course.launch,
        nowcast=seen,
        requests_per_visitor=each,
        room=room,
        saves=_saves(forecast, seen, now - course.launch),
        is_crowded=capacity is not None and others_per_second > (1 - LEAST_ROOM) * capacity,
    )


def requests_per_visitor(forecast: Forecast) -> float:
    """The requests that are likely of each of its people; 1 where there are none."""
    people = [wave for wave in forecast.waves if wave.role is Role.PEOPLE]
    return float(np.median(people[0].requests_per_visitor)) if people else 1.0


def _saves(forecast: Forecast, seen: Nowcast, offset: float) -> float:
    """Visitors who would not come if what is not yet sent were stopped now."""
    likely = float(np.median(forecast.visitors_24h)) or 1.0
    times = seen.total_24h.p50 / likely
    spared = 0.0
    for number, channel in enumerate(forecast.campaign.channels):
        volume = sum(
            float(np.median(w.volume)) for w in forecast.waves if w.channel == number and w.role is Role.PEOPLE
        )
        spared += volume * _unsent(channel, offset)
    return spared * times


def _unsent(channel: Channel, offset: float) -> float:
    """The share of a channel that can still be stopped: all before its start, nothing of what went out at once."""
    length = channel.send_over_seconds or channel.deliver_over_seconds or 0.0
    if offset < channel.at_seconds - channel.within_seconds:
        return 1.0
    return min(max(1 - (offset - channel.at_seconds) / length, 0.0), 1.0) if length else 0.0
