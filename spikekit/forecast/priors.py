"""What is believed of each kind of channel before any past campaign is known: figures with their source and tag.

Ranges are P5, P50, P95. ``docs/forecast.md`` shows this table; a test keeps the two equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from spikekit.vocabulary import ChannelKind, Range


class Tag(StrEnum):
    """Where a figure comes from."""

    READ = "R"
    COMPUTED = "C"
    JUDGED = "I"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A range with its provenance: read in a named source, computed from data, or judged."""

    range: Range
    source: str
    tag: Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """One kind of channel. ``None`` for ``median_seconds``: the response comes from the kernel bank.

    ``click_rate`` is a share of the audience (``audience`` says whom); ``clicks`` an absolute number, used where no
    audience is declared. ``bots`` is the share of the clicks that machines make, ``bots_seconds`` their median delay.
    ``deliver_over_seconds`` is how long a paid delivery runs unless declared.
    """

    audience: str
    click_rate: Figure | None = None
    clicks: Figure | None = None
    median_seconds: Figure | None = None
    sigma: Figure | None = None
    bots: Figure | None = None
    bots_seconds: Figure | None = None
    deliver_over_seconds: float | None = None


def _figure(low: float, likely: float, high: float, source: str, tag: Tag) -> Figure:
    return Figure(range=Range(low=low, likely=likely, high=high), source=source, tag=tag)


R, C, I = Tag.READ, Tag.COMPUTED, Tag.JUDGED  # noqa: E741 - the note's own letters
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

REQUESTS_PER_LANDING = _figure(
    10, 25, 60, "HTTP Archive: median 66–71 requests a page, times the share no CDN serves", R
)
"""Requests that reach the origin for one landing page with everything on it; measured journeys replace it."""

QUALITY = _figure(0.3, 0.4, 0.5, "a good offer is good everywhere; forecasts use the middle", I)
QUALITY_CORRELATION = QUALITY.range.likely
"""Between the log click rates of two channels of one campaign."""

BOT_SPREAD = _figure(1.0, 1.0, 1.0, "most within a few medians", I)
BOT_SIGMA = BOT_SPREAD.range.likely
"""Sigma of the machines' delay."""

RELOAD = _figure(1.0, 1.0, 1.0, "the page alone, not its assets", I)
RELOAD_REQUESTS = RELOAD.range.likely
"""Requests of a machine's click, or of one reload of a waiting page."""

GATHERING = _figure(10 * MINUTE, 10 * MINUTE, 10 * MINUTE, "a waiting crowd, where the campaign does not say", I)
DEFAULT_ARRIVE_BEFORE_SECONDS = GATHERING.range.likely

RELOADING = _figure(20, 20, 20, "a waiting crowd, where the campaign does not say", I)
DEFAULT_RELOAD_SECONDS = RELOADING.range.likely

DROP_RUSH = _figure(0.1, 0.25, 0.6, "at the minute the crowd reloads together, within a part of its interval", I)
RUSH_SPREAD = _figure(0.8, 0.8, 0.8, "most within a few medians", I)
DROP_RUSH_SIGMA = RUSH_SPREAD.range.likely

_PREVIEWS = _figure(
    0.001, 0.005, 0.02, "crawlers that follow fresh posts; a platform fetches its preview once and keeps it", I
)
_PREVIEW_DELAY = _figure(5, 20, 60, "seconds after the post", I)

PRIORS: dict[ChannelKind, Prior] = {
    ChannelKind.CELEBRITY_POST: Prior(
        audience="followers",
        click_rate=_figure(0.0006, 0.003, 0.014, "Zarrella 2010; Fry 2010 (1.12 % measured)", R),
        bots=_PREVIEWS,
        bots_seconds=_PREVIEW_DELAY,
    ),
    ChannelKind.BRAND_POST: Prior(
        audience="followers",
        click_rate=_figure(0.0001, 0.0005, 0.003, "Gabielkov 2016: 9.6 M clicks of 75 bn receptions; judgement", I),
        bots=_PREVIEWS,
        bots_seconds=_PREVIEW_DELAY,
    ),
    ChannelKind.EMAIL: Prior(
        audience="delivered e-mails",
        click_rate=_figure(0.01, 0.026, 0.06, "Mailchimp 2019", R),
        median_seconds=_figure(
            2 * HOUR, 4.5 * HOUR, 7 * HOUR, "opens: 11–33 % in 1 h, 52–61 % in 6 h, 78 % in 24 h", R
        ),
        sigma=_figure(1.5, 2.0, 2.5, "the same opens", I),
        bots=_figure(0.05, 0.15, 0.35, "evalanche: link scanners, to 60 % in mail between businesses", R),
        bots_seconds=_figure(5, 15, 60, "seconds after delivery", I),
    ),
    ChannelKind.PUSH: Prior(
        audience="delivered pushes",
        click_rate=_figure(0.01, 0.035, 0.10, "Leanplum, Airship", R),
        median_seconds=_figure(7 * MINUTE, 18 * MINUTE, 48 * MINUTE, "7 min on iOS, 48 min on Android", R),
        sigma=_figure(1.5, 1.8, 2.2, "Leanplum, Airship", R),
    ),
    ChannelKind.SMS: Prior(
        audience="delivered messages",
        click_rate=_figure(0.02, 0.06, 0.15, "between push and vendors' 20 % and more", I),
        median_seconds=_figure(
            3 * MINUTE, 8 * MINUTE, 25 * MINUTE, "read within minutes; a little faster than push", I
        ),
        sigma=_figure(1.4, 1.7, 2.0, "like push", I),
    ),
    ChannelKind.TV_SPOT: Prior(
        audience="viewers",
        click_rate=_figure(0.0001, 0.0005, 0.005, "Du, Xu & Wilbur", R),
        median_seconds=_figure(0.5 * MINUTE, 1 * MINUTE, 2 * MINUTE, "18 spots: peak in minute 1, > 95 % in 5 min", R),
        sigma=_figure(0.7, 0.9, 1.2, "Du, Xu & Wilbur: 75 % in the minute of the spot or the next", R),
    ),
    ChannelKind.TV_FEATURE: Prior(
        audience="viewers",
        click_rate=_figure(0.005, 0.02, 0.15, "iFoods; upper end from Coinbase 2022 (20 M hits in a minute)", R),
        median_seconds=_figure(1 * MINUTE, 1.7 * MINUTE, 3 * MINUTE, "iFoods", R),
        sigma=_figure(0.9, 0.9, 0.9, "iFoods", R),
    ),
    ChannelKind.PAID_SOCIAL: Prior(
        audience="impressions",
        click_rate=_figure(0.005, 0.009, 0.025, "WordStream", R),
        median_seconds=_figure(5 * MINUTE, 15 * MINUTE, 45 * MINUTE, "a platform's ramp before its pacing is even", I),
        sigma=_figure(0.7, 0.7, 0.7, "the same", I),
        deliver_over_seconds=DAY,
    ),
    ChannelKind.SEARCH_ADS: Prior(
        audience="impressions",
        click_rate=_figure(0.01, 0.03, 0.08, "above social: people who searched", I),
        median_seconds=_figure(5 * MINUTE, 15 * MINUTE, 45 * MINUTE, "a platform's ramp before its pacing is even", I),
        sigma=_figure(0.7, 0.7, 0.7, "the same", I),
        deliver_over_seconds=DAY,
    ),
    ChannelKind.STORY_LINK: Prior(
        audience="viewers",
        click_rate=_figure(0.01, 0.025, 0.05, "vendor figures", R),
        median_seconds=_figure(1 * HOUR, 3 * HOUR, 6 * HOUR, "vendor figures", R),
        sigma=_figure(1.3, 1.3, 1.3, "vendor figures", R),
    ),
    ChannelKind.INFLUENCER_VIDEO: Prior(
        audience="views",
        click_rate=_figure(0.003, 0.01, 0.03, "vendor figures", R),
        median_seconds=_figure(4 * HOUR, 7.4 * HOUR, 24 * HOUR, "bit.ly: half-life of links on YouTube 7.4 h", R),
        sigma=_figure(1.8, 1.8, 1.8, "vendor figures", R),
    ),
    ChannelKind.PRESS: Prior(
        audience="readers",
        clicks=_figure(5_000, 20_000, 80_000, "Hacker News, Reddit, news: visits of the day", R),
        click_rate=_figure(0.001, 0.005, 0.02, "used only where readers are declared", I),
        median_seconds=_figure(
            2 * HOUR, 3.5 * HOUR, 6 * HOUR, "ramp of 20–90 min, then 2–6 h: the mode is at 28–85 min", R
        ),
        sigma=_figure(1.2, 1.2, 1.2, "ma.ttias.be 2015 (600 requests/s at the peak) and others", R),
    ),
    ChannelKind.DROP: Prior(
        audience="people waiting",
        click_rate=_figure(1.0, 1.0, 1.0, "the crowd that waits is the audience", I),
    ),
    ChannelKind.PAST: Prior(audience="last time's visitors"),
    ChannelKind.CUSTOM: Prior(audience="people"),
}
"""Every kind. ``past`` and ``custom`` bring their own figures."""
