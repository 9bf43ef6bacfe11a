"""What the terminal and the page both show of a review."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from spikekit.files.echo import quoted
from spikekit.forecast.band import DAY
from spikekit.forecast.calibration import believed, learns, useful
from spikekit.forecast.normal import Floats
from spikekit.forecast.priors import PRIORS
from spikekit.report.figures import brief
from spikekit.review.record import Judged, Outcome
from spikekit.review.review import Review
from spikekit.wording import about, exactly, percent, span

_MARKS = 3
"""Strange marks that are named."""


_WHERE = {
    Outcome.INSIDE: "inside the 80 % band",
    Outcome.ABOVE: "above the 80 % band",
    Outcome.BELOW: "below the 80 % band",
    Outcome.UNKNOWN: "with the site saturated; the 80 % band is",
}


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
            "whether each came above or below is not known, and it counts for less. UTM sources or media in the data "
            "would tell."
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
