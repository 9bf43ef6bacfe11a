"""A forecast on a terminal: the sentence, the band, the figures, how sure, and what would make it surer."""

from __future__ import annotations

import numpy as np

from spikekit.campaign.model import Campaign, Channel
from spikekit.forecast.band import Band, band, punctual
from spikekit.forecast.forecast import Forecast
from spikekit.forecast.normal import Floats
from spikekit.forecast.priors import PRIORS
from spikekit.forecast.wave import Role as Origin
from spikekit.report.chart.terminal import SOLID, Layer, Paint, chart, plain
from spikekit.report.chart.time_axis import even_cells, highest, round_ticks
from spikekit.report.figures import FEW, brief, crowd, many
from spikekit.report.forecast.doubt import doubt
from spikekit.report.palette import Role
from spikekit.report.screen import LINE, wrapped
from spikekit.vocabulary import ChannelKind, Status
from spikekit.wording import about, people, span

MINUTE = 60.0
_COLUMNS = 66
_DRAWS_OF_PICTURE = 1_000
_NAMED = 2
"""Channels that are named; more are counted."""

_LOW = 0.75
"""Below this share of a likely peak, the picture needs a word."""

_ARTICLES = {
    ChannelKind.CELEBRITY_POST: "A post",
    ChannelKind.BRAND_POST: "A brand's post",
    ChannelKind.EMAIL: "An e-mail",
    ChannelKind.PUSH: "A push message",
    ChannelKind.SMS: "A text message",
    ChannelKind.TV_SPOT: "A TV spot",
    ChannelKind.TV_FEATURE: "A feature on TV",
    ChannelKind.PAID_SOCIAL: "Paid posts",
    ChannelKind.SEARCH_ADS: "Search ads",
    ChannelKind.STORY_LINK: "A link in a story",
    ChannelKind.INFLUENCER_VIDEO: "A video",
    ChannelKind.PRESS: "Press coverage",
    ChannelKind.DROP: "A drop",
}


def forecast_lines(forecast: Forecast, *, next_command: str, paint: Paint = plain) -> list[str]:
    """Everything a terminal shows of a forecast; ``next_command`` is the last thing said."""
    shown = _on_time(forecast)
    return [
        *sentence(forecast, shown),
        *_standing(forecast.campaign),
        "",
        *_picture(forecast, shown, paint),
        "",
        *_figures(forecast),
        "",
        *doubt(forecast),
        *next_line(next_command),
    ]


def next_line(command: str) -> list[str]:
    """The command that is worth typing now."""
    return [f" Next:  {command}"]


def sentence(forecast: Forecast, shown: Band) -> list[str]:
    """The answer, as a marketer would repeat it."""
    half = shown.half_of_day_seconds
    verb = "bring" if _is_plural(forecast.campaign) else "brings"
    minute = forecast.peak_minute_visitors
    likely, often = (_at(minute, q) for q in (0.5, 0.9))
    text = f"{subject(forecast.campaign)} {verb} {crowd(likely)} in the busiest minute"
    # Where nothing is in doubt, a second figure equal to the first would only puzzle.
    text += "." if many(often) == many(likely) else f"; one time in ten more than {many(often)}."
    if half > 0 and _at(forecast.visitors_24h, 0.5) >= FEW:
        text += f" Half of the first day's visitors come within {span(half)}."
    return wrapped(text)


def _standing(campaign: Campaign) -> list[str]:
    """What must not be overlooked: that all this will not happen."""
    if campaign.status is not Status.CANCELLED:
        return []
    return wrapped("It is cancelled: this is what it would bring. It is added to no other campaign's traffic.")


def _on_time(forecast: Forecast) -> Band:
    """The band as if all came on time. An uncertain start smears it over hours in which, any one day, little comes."""
    if not any(c.within_seconds for c in forecast.campaign.channels):
        return forecast.band
    return band(punctual(tuple(w for w in forecast.waves if w.brings_visitors)), _DRAWS_OF_PICTURE)


def subject(campaign: Campaign) -> str:
    """What is coming: a lone channel of a bare forecast by its kind and audience, a campaign by its name."""
    channel = campaign.channels[0]
    if campaign.path is not None or len(campaign.channels) > 1 or channel.kind not in _ARTICLES:
        return campaign.name
    return _ARTICLES[channel.kind] + _reach(channel)


def _is_plural(campaign: Campaign) -> bool:
    lone = campaign.path is None and len(campaign.channels) == 1
    return lone and campaign.channels[0].kind in (ChannelKind.PAID_SOCIAL, ChannelKind.SEARCH_ADS)


def _reach(channel: Channel) -> str:
    if channel.audience is None:
        return ""
    whom = PRIORS[channel.kind].audience
    count = people(channel.audience.likely)
    if channel.kind in (ChannelKind.EMAIL, ChannelKind.PUSH, ChannelKind.SMS):
        return f" to {count} people"
    if channel.kind in (ChannelKind.PAID_SOCIAL, ChannelKind.SEARCH_ADS, ChannelKind.INFLUENCER_VIDEO):
        return f" with {count} {whom}"
    return f" to {count} {whom}"


def _picture(forecast: Forecast, shown: Band, paint: Paint) -> list[str]:
    edges = even_cells(shown.offset_seconds, _COLUMNS)
    starts = shown.offset_seconds[:-1]
    unit, seconds = _unit(forecast)
    likely, often = (highest(starts, values * seconds, edges) for values in (shown.p50, shown.p90))
    layers = [Layer(values=often, glyph="░", colour=Role.BAND), Layer(values=likely, glyph=SOLID, colour=Role.BAND)]
    lines = chart(
        layers,
        unit=f"{unit} by time since launch",
        ticks=round_ticks(edges, [c.at_seconds for c in forecast.campaign.channels]),
        paint=paint,
    )
    legend = f"{'':8}█ as likely above as below   ░ 9 in 10 of the time below"
    return [*(f" {line}" for line in [*lines, legend]), *_caution(forecast, max(likely) / seconds)]


def _caution(forecast: Forecast, top: float) -> list[str]:
    """What the picture cannot show. ``top`` is its highest likely rate, in visitors/s."""
    words = []
    late = [c for c in forecast.campaign.channels if c.within_seconds]
    if late:
        told = [f"{c.label} may come up to {span(c.within_seconds)} earlier or later" for c in late[:_NAMED]]
        more = f"; so may {len(late) - _NAMED} more" if len(late) > _NAMED else ""
        words.append(f"Drawn as if all came on time: {', '.join(told)}{more}.")
    peak = _at(forecast.peak_visitors_per_second, 0.5)
    if top < _LOW * peak and peak * MINUTE >= FEW:
        words.append("Each moment by itself: the busiest of one day stands higher, for nobody knows when it comes.")
    return wrapped(" ".join(words), indent=" ") if words else []


def _unit(forecast: Forecast) -> tuple[str, float]:
    """By the minute, as people think; by the second where the spike is over before the minute is."""
    sharp = _at(forecast.peak_visitors_per_second, 0.5) * MINUTE > 2 * _at(forecast.peak_minute_visitors, 0.5)
    return ("visitors/s", 1.0) if sharp else ("visitors/min", MINUTE)


def _figures(forecast: Forecast) -> list[str]:
    peak, requests, day = forecast.peak_visitors_per_second, forecast.peak_requests_per_second, forecast.visitors_24h
    rows = [
        ("busiest ten seconds", peak, "visitors/s"),
        ("on the servers then", requests, "requests/s"),
    ]
    lines = [f" {'':24}{'likely':>10}{'1 in 10 above':>16}"]
    lines += [f" {name:24}{about(_at(v, 0.5)):>10}{about(_at(v, 0.9)):>16}  {unit}" for name, v, unit in rows]
    lines.append(f" {'in the first 24 hours':24}{many(_at(day, 0.5)):>10}{many(_at(day, 0.9)):>16}  visitors")
    return [*lines, *_when(forecast.peak_at_seconds), *_of_which(forecast)]


def _when(peak_at: Floats) -> list[str]:
    """In one line, or in two where one is too short."""
    early, likely, late = (float(v) for v in np.quantile(peak_at, [0.1, 0.5, 0.9]))
    middle = _rounded(abs(likely))
    side = "before" if likely < 0 else "after"
    text = f" {'the peak comes':24}" + ("with the launch" if middle == "0" else f"about {middle} {side} the launch")
    # A band as narrow as the figure's own rounding is no news.
    wide = late - early > max(20.0, 0.1 * abs(likely))
    if not wide:
        return [text]
    band = f"(8 in 10: {_rounded(early)} to {_rounded(late)})"
    return [f"{text} {band}"] if len(text) + 1 + len(band) <= LINE else [text, f"{'':25}{band}"]


def _rounded(seconds: float) -> str:
    """No finer than a minute beyond the first three."""
    return brief(round(seconds / 60) * 60 if abs(seconds) >= 180 else round(seconds))


def _of_which(forecast: Forecast) -> list[str]:
    origins = {name: _at(count, 0.5) for name, count in forecast.visitors_24h_by_origin().items()}
    lines = []
    if origins.get(Origin.BOTS, 0) >= max(0.01 * sum(origins.values()), FEW):
        lines.append(f" About {about(origins[Origin.BOTS])} of the visitors are machines that check the links.")
    if Origin.RELOADS in origins:
        lines.append(f" While they wait, people reload the page about {about(origins[Origin.RELOADS])} times.")
    return lines


def _at(values: Floats, quantile: float) -> float:
    return float(np.quantile(values, quantile))
