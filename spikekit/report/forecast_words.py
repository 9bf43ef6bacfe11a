"""A forecast on a terminal: the sentence, the band, the figures, how sure, and what would make it surer."""

from __future__ import annotations

import numpy as np

from spikekit.campaign.model import Campaign, Channel
from spikekit.forecast.calibration import learns
from spikekit.forecast.forecast import Forecast
from spikekit.forecast.inputs import Driver
from spikekit.forecast.normal import Floats
from spikekit.forecast.priors import PRIORS
from spikekit.forecast.wave import Role as Origin
from spikekit.report.figures import about, brief, people, percent, span, wrapped
from spikekit.report.palette import Role
from spikekit.report.terminal_chart import SOLID, Layer, Paint, chart, plain
from spikekit.report.time_axis import even_cells, highest, round_ticks
from spikekit.vocabulary import ChannelKind
from spikekit.wording import plural

MINUTE = 60.0
_COLUMNS = 66
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

_ONE = {
    ChannelKind.CELEBRITY_POST: "post",
    ChannelKind.BRAND_POST: "post",
    ChannelKind.EMAIL: "e-mail",
    ChannelKind.PUSH: "push message",
    ChannelKind.SMS: "text message",
    ChannelKind.TV_SPOT: "spot",
    ChannelKind.TV_FEATURE: "feature",
    ChannelKind.PAID_SOCIAL: "paid campaign",
    ChannelKind.SEARCH_ADS: "paid campaign",
    ChannelKind.STORY_LINK: "story",
    ChannelKind.INFLUENCER_VIDEO: "video",
    ChannelKind.PRESS: "article",
}


def forecast_lines(forecast: Forecast, *, next_command: str, paint: Paint = plain) -> list[str]:
    """Everything a terminal shows of a forecast; ``next_command`` is the last thing said."""
    return [
        *sentence(forecast),
        "",
        *_picture(forecast, paint),
        "",
        *_figures(forecast),
        "",
        *_doubt(forecast),
        f" Next:  {next_command}",
    ]


def sentence(forecast: Forecast) -> list[str]:
    """The answer, as a marketer would repeat it."""
    half = forecast.band.half_of_day_seconds
    verb = "bring" if _is_plural(forecast.campaign) else "brings"
    likely, often = (about(_at(forecast.peak_minute_visitors, q)) for q in (0.5, 0.9))
    text = f"{subject(forecast.campaign)} {verb} about {likely} visitors in the busiest minute"
    # Where nothing is in doubt, a second figure equal to the first would only puzzle.
    text += "." if often == likely else f"; one time in ten more than {often}."
    if half > 0:
        text += f" Half of the first day's visitors come within {span(half)}."
    return wrapped(text)


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


def _picture(forecast: Forecast, paint: Paint) -> list[str]:
    band = forecast.band
    edges = even_cells(band.offset_seconds, _COLUMNS)
    starts = band.offset_seconds[:-1]
    unit, seconds = _unit(forecast)
    likely, often = (highest(starts, values * seconds, edges) for values in (band.p50, band.p90))
    layers = [Layer(values=often, glyph="░", colour=Role.BAND), Layer(values=likely, glyph=SOLID, colour=Role.BAND)]
    lines = chart(
        layers,
        unit=f"{unit} by time since launch",
        ticks=round_ticks(edges, [c.at_seconds for c in forecast.campaign.channels]),
        paint=paint,
    )
    legend = f"{'':8}█ as likely above as below   ░ 9 in 10 of the time below"
    return [f" {line}" for line in [*lines, legend]]


def _unit(forecast: Forecast) -> tuple[str, float]:
    """By the minute, as people think; by the second where the spike is over before the minute is."""
    sharp = _at(forecast.peak_visitors_per_second, 0.5) * MINUTE > 2 * _at(forecast.peak_minute_visitors, 0.5)
    return ("visitors/s", 1.0) if sharp else ("visitors/min", MINUTE)


def _figures(forecast: Forecast) -> list[str]:
    peak, requests, day = forecast.peak_visitors_per_second, forecast.peak_requests_per_second, forecast.visitors_24h
    rows = [
        ("busiest ten seconds", peak, "visitors/s"),
        ("on the servers then", requests, "requests/s"),
        ("in the first 24 hours", day, "visitors"),
    ]
    lines = [f" {'':24}{'likely':>10}{'1 in 10 above':>16}"]
    lines += [f" {name:24}{about(_at(v, 0.5)):>10}{about(_at(v, 0.9)):>16}  {unit}" for name, v, unit in rows]
    return [*lines, _when(forecast.peak_at_seconds), *_of_which(forecast)]


def _when(peak_at: Floats) -> str:
    early, likely, late = (float(v) for v in np.quantile(peak_at, [0.1, 0.5, 0.9]))
    text = f" {'the peak comes':24}about {span(abs(likely))} {'before' if likely < 0 else 'after'} the launch"
    # A band as narrow as the figure's own rounding is no news.
    wide = late - early > max(20.0, 0.1 * abs(likely))
    return f"{text} (8 in 10: {_rounded(early)} to {_rounded(late)})" if wide else text


def _rounded(seconds: float) -> str:
    return brief(round(seconds / 60) * 60 if abs(seconds) >= 600 else round(seconds))


def _of_which(forecast: Forecast) -> list[str]:
    origins = {name: float(np.median(count)) for name, count in forecast.visitors_24h_by_origin().items()}
    lines = []
    if origins.get(Origin.BOTS, 0) >= 0.01 * sum(origins.values()):
        lines.append(f" About {about(origins[Origin.BOTS])} of the visitors are machines that check the links.")
    if Origin.RELOADS in origins:
        lines.append(f" While they wait, people reload the page about {about(origins[Origin.RELOADS])} times.")
    return lines


def _doubt(forecast: Forecast) -> list[str]:
    lines = []
    if forecast.drivers:
        told = [f"{d.name} ({percent(d.share_of_variance)})" for d in forecast.drivers if d.name is not Driver.REST]
        rest = next((d for d in forecast.drivers if d.name is Driver.REST), None)
        tail = f", {Driver.REST} ({percent(rest.share_of_variance)})" if rest else ""
        lines += wrapped(f"What moves the peak most: {', '.join(told)}{tail}.", indent=" ")
    return [*lines, *wrapped(_grounds(forecast), indent=" ")]


def _grounds(forecast: Forecast) -> str:
    """What the forecast rests on beyond published figures, and what would make it surer."""
    learning = [c.kind for c in forecast.campaign.channels if learns(c)]
    if not learning:
        return "It rests on the figures that the campaign declares, not on past campaigns."
    if not forecast.past:
        hope = f"; one past {_ONE[learning[0]]} would narrow its click rate by a third." if learning[0] in _ONE else "."
        return f"You have recorded no past campaign, so this is an order of magnitude{hope}"
    told = plural(len({(r.campaign, r.date) for r in forecast.past}), "campaign")
    judged = [held for held in {(r.campaign, r.date): r.held for r in forecast.past}.values() if held is not None]
    score = f" (the forecast held {sum(judged)} of {plural(len(judged), 'time')})" if judged else ""
    if not any(r.kind in learning for r in forecast.past):
        return f"Your {told} of other kinds moved this a little; it is still an order of magnitude{score}."
    return f"Calibrated on {told} of your own{score}."


def _at(values: Floats, quantile: float) -> float:
    return float(np.quantile(values, quantile))
