"""A review on a terminal: the sentence, the band with what came, the figures, the hit rate, what the next learns."""

from __future__ import annotations

from spikekit.report.chart.terminal import SOLID, Layer, Paint, chart, plain
from spikekit.report.chart.time_axis import even_cells, highest, round_ticks
from spikekit.report.palette import Role
from spikekit.report.review.reading import cells_of, lessons, notes, sentence
from spikekit.report.screen import wrapped
from spikekit.review.hits import Hits
from spikekit.review.record import Judged
from spikekit.review.results import ChannelReview
from spikekit.review.review import Review
from spikekit.wording import about, exactly

_COLUMNS = 66
_MINUTE = 60.0


def review_lines(review: Review, hits: Hits, *, recorded: str | None, paint: Paint = plain) -> list[str]:
    """Everything a terminal shows of a review."""
    return [
        *wrapped(sentence(review)),
        "",
        *_picture(review, paint),
        "",
        *_figures(review),
        "",
        *wrapped(hits.sentence, indent=" "),
        *[line for text in lessons(review) for line in wrapped(text, indent=" ")],
        *[line for text in notes(review) for line in wrapped(text, indent=" ")],
        f" Kept in {recorded}" if recorded else " Nothing was kept.",
    ]


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


def _figures(review: Review) -> list[str]:
    rows = [("in all", review.total)]
    if review.peak is not None:
        rows.append(("in the busiest minute", review.peak))
    lines = [f" {'':26}{'came':>10}{'likely':>10}{'8 in 10 of the time':>22}"]
    lines += [_row(name, judged) for name, judged in rows]
    if len(review.channels) > 1:
        lines += [_row(_channel_name(c), c.judged, is_told_apart=c.is_told_apart) for c in review.channels]
    return lines


def _channel_name(channel: ChannelReview) -> str:
    label = channel.label if len(channel.label) <= 22 else f"{channel.label[:21]}…"
    return f"{label}{'' if channel.is_told_apart else ' *'}"


def _row(name: str, judged: Judged, *, is_told_apart: bool = True) -> str:
    came = ("≥" if judged.is_lower_bound else "") + exactly(judged.observed)
    band = f"{about(judged.p10)} to {about(judged.p90)}"
    where = judged.outcome if is_told_apart else ""
    return f" {name:26}{came:>10}{about(judged.p50):>10}{band:>22}  {where}".rstrip()
