"""A review on a terminal: the sentence, the band with what came, the figures, the hit rate, what the next learns."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from spikekit.files.echo import quoted
from spikekit.forecast.band import DAY
from spikekit.forecast.calibration import believed, learns, useful
from spikekit.forecast.normal import Floats
from spikekit.forecast.priors import PRIORS
from spikekit.report.figures import about, brief, exactly, span, wrapped
from spikekit.report.palette import Role
from spikekit.report.terminal_chart import SOLID, Layer, Paint, chart, plain
from spikekit.report.time_axis import even_cells, highest, round_ticks
from spikekit.review.hits import Hits
from spikekit.review.record import Judged, Outcome
from spikekit.review.results import ChannelReview
from spikekit.review.review import Review
from spikekit.wording import percent, tied

_COLUMNS = 66
_MINUTE = 60.0
_MARKS = 3
"""Strange marks that are named."""

_WHERE = {
    Outcome.INSIDE: "inside the 80 % band",
    Outcome.ABOVE: "above the 80 % band",
    Outcome.BELOW: "below the 80 % band",
    Outcome.UNKNOWN: "with the site saturated; the 80 % band is",
}


def review_lines(review: Review, hits: Hits, *, recorded: str | None, paint: Paint = plain) -> list[str]:
    """Everything a terminal shows of a review."""
    return [
        *wrapped(tied(sentence(review))),
        "",
        *_picture(review, paint),
        "",
        *_figures(review),
        "",
        *wrapped(hits.sentence, indent=" "),
        *[line for text in lessons(review) for line in wrapped(tied(text), indent=" ")],
        *[line for text in notes(review) for line in wrapped(text, indent=" ")],
        f" Kept in {recorded}" if recorded else " Nothing was kept.",
    ]


def sentence(review: Review) -> str:
    """The answer, as a marketer would repeat it."""
    total = review.total
    least = "at least " if total.is_lower_bound else ""
    band = f"{about(total.p10)} to {about(total.p90)}"
    band = band if total.outcome is Outcome.UNKNOWN else f"({band})"
    return (
        f"{review.forecast.campaign.name} brought {least}{exactly(total.observed)} visitors{_so_far(review)}: "
        f"{least}{times(total)} the likely figure, {_WHERE[total.outcome]} {band}."
    )


def _so_far(review: Review) -> str:
    """Of what time that is, where it is less than a day."""
    counted = float(review.over.edges[-1])
    return f" in its first {span(counted)}" if 0 < counted < 0.9 * DAY else ""


def times(judged: Judged) -> str:
    """``1.4 times``; beyond ten without a digit."""
    if not math.isfinite(judged.ratio):
        return "more than"
    return f"{judged.ratio:.1f} times" if judged.ratio < 9.95 else f"{judged.ratio:,.0f} times"


def notes(review: Review) -> list[str]:
    """How the figures came about, where that is not plain."""
    said = []
    shared = [c.label for c in review.channels if not c.is_told_apart]
    if shared:
        said.append(
            f"Nothing tells {_listed(shared)} apart, so their total is shared out as the forecast would; "
            "each then counts for less. UTM sources or media in the data would tell."
        )
    if review.strange:
        said.append(f"No single channel of this campaign is meant by {_some(review.strange)}: part of the total only.")
    flagged = float(np.sum(review.observed.flags())) * review.observed.step_seconds
    if flagged:
        weight = "counts as a lower bound" if review.total.is_lower_bound else "was too short to matter"
        said.append(f"The site was saturated for {brief(flagged)}: that {weight}.")
    return said


def lessons(review: Review) -> list[str]:
    """What the next forecast believes now, for each kind and account that learned something."""
    forecast, said = review.forecast, []
    site = review.record.site
    for channel in forecast.campaign.channels:
        figure = PRIORS[channel.kind].click_rate
        if not learns(channel) or figure is None or channel.audience is None:
            continue
        before = useful(forecast.campaign, forecast.past, site=site)
        then, now = (believed(channel, past).mean for past in (before, (*before, *review.record.learned())))
        rates = [percent(float(f"{min(1.0, figure.range.at(mean)):.2g}")) for mean in (now, then)]
        whom = f" of {channel.account}" if channel.account else ""
        said.append(
            f"The next {channel.kind.value.replace('_', ' ')}{whom}: {rates[0]} are likely to click; it was {rates[1]}."
        )
    landing = review.record.requests_per_landing
    if landing is not None:
        said.append(f"A page with all on it took {about(landing)} requests to the servers; the next forecast knows it.")
    return list(dict.fromkeys(said))


def _some(marks: Sequence[str]) -> str:
    """Marks as the data have them, which may be anybody's words: quoted, and only the first."""
    more = len(marks) - _MARKS
    told = [quoted(mark) for mark in marks[:_MARKS]]
    return _listed([*told, f"{more} more"] if more > 0 else told)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _picture(review: Review, paint: Paint) -> list[str]:
    over, says = review.over, review.expected
    edges = even_cells(cells_of(review), _COLUMNS)
    per_minute = _MINUTE / over.seconds
    starts = over.edges[:-1]
    often, likely, came = (highest(starts, v * per_minute, edges) for v in (says.p90, says.p50, over.visitors))
    layers = [
        Layer(values=often, glyph="░", colour=Role.BAND),
        Layer(values=likely, glyph="▒", colour=Role.BAND),
        Layer(values=came, glyph=SOLID, colour=Role.REAL),
    ]
    ticks = round_ticks(edges, [c.at_seconds for c in review.forecast.campaign.channels])
    lines = chart(layers, unit="visitors/min by time since launch", ticks=ticks, paint=paint)
    legend = f"{'':8}█ what came   ▒ likely   ░ 9 in 10 of the time below"
    return [f" {line}" for line in [*lines, legend]]


def cells_of(review: Review) -> Floats:
    """The observed hours in cells that are fine around each start, no finer than what was counted."""
    over = review.over
    first, last = float(over.edges[0]), float(over.edges[-1])
    fine = review.forecast.band.offset_seconds
    kept = [first]
    for edge in (*fine[(fine > first) & (fine < last)], last):
        if edge - kept[-1] >= over.seconds:
            kept.append(float(edge))
    return np.array([*kept[:-1], last]) if len(kept) > 2 else np.array([first, last])


def _figures(review: Review) -> list[str]:
    rows = [("in all", review.total)]
    if review.peak is not None:
        rows.append(("in the busiest minute", review.peak))
    lines = [f" {'':26}{'came':>10}{'likely':>10}{'8 in 10 of the time':>22}"]
    lines += [_row(name, judged) for name, judged in rows]
    if len(review.channels) > 1:
        lines += [_row(_channel_name(c), c.judged) for c in review.channels]
    return lines


def _channel_name(channel: ChannelReview) -> str:
    label = channel.label if len(channel.label) <= 22 else f"{channel.label[:21]}…"
    return f"{label}{'' if channel.is_told_apart else ' *'}"


def _row(name: str, judged: Judged) -> str:
    came = ("≥" if judged.is_lower_bound else "") + exactly(judged.observed)
    band = f"{about(judged.p10)} to {about(judged.p90)}"
    return f" {name:26}{came:>10}{about(judged.p50):>10}{band:>22}  {judged.outcome}"
