"""How sure a forecast is: what moves it most, what it rests on, and what would make it surer."""

from __future__ import annotations

from spikekit.forecast.calibration import PUBLISHED_ONLY, learns
from spikekit.forecast.decisive import ONE, decisive_channel
from spikekit.forecast.drivers import DriverShare
from spikekit.forecast.forecast import Forecast
from spikekit.forecast.inputs import Driver
from spikekit.forecast.reaction import own_curves
from spikekit.forecast.requests import believed_per_landing
from spikekit.report.figures import percent
from spikekit.report.screen import wrapped
from spikekit.wording import held, plural

DRIVERS = {
    Driver.CLICK_RATE: "the click rate",
    Driver.AUDIENCE: "how many it reaches",
    Driver.REACTION: "how fast people react",
    Driver.TIMING: "when it comes",
    Driver.BOTS: "machines that follow links",
    Driver.REQUESTS: "requests a visitor makes",
}
"""Each kind of doubt as it is said."""

_SMALL = 0.03
"""A smaller share is told with the rest."""


def doubt(forecast: Forecast) -> list[str]:
    """What moves the peak most, and what the forecast rests on."""
    lines = []
    if forecast.drivers:
        lines += wrapped(f"What moves this most: {moved_by(forecast.drivers)}.", indent=" ")
    return [*lines, *wrapped(_grounds(forecast), indent=" ")]


def moved_by(drivers: tuple[DriverShare, ...]) -> str:
    """``the click rate (81 %), how fast people react (14 %), the rest (5 %)``."""
    large = [d for d in drivers if d.name is not Driver.REST and d.share_of_variance >= _SMALL]
    told = [f"{DRIVERS[d.name]} ({percent(d.share_of_variance)})" for d in large]
    rest = 1 - sum(round(d.share_of_variance, 2) for d in large)
    return ", ".join([*told, f"the rest ({percent(rest)})"] if rest > 0.005 else told)


def _beyond_size(forecast: Forecast) -> str:
    """What own past says where the campaign declares how many come."""
    learned = []
    if any(own_curves(c, forecast.past) for c in forecast.campaign.channels):
        learned.append("how fast people react")
    if believed_per_landing(forecast.past) != PUBLISHED_ONLY:
        learned.append("how many requests they make")
    return f"; {' and '.join(learned)}, on your own past, too" if learned else ", not on past campaigns"


def _grounds(forecast: Forecast) -> str:
    """What the forecast rests on beyond published figures, and what would make it surer."""
    learning = list(dict.fromkeys(c.kind for c in forecast.campaign.channels if learns(c)))
    if not learning:
        return f"It rests on the figures that the campaign declares{_beyond_size(forecast)}."
    if not forecast.past:
        decisive = decisive_channel(forecast, learns)
        kind = decisive.kind if decisive else learning[0]
        hope = f"; one past {ONE[kind]} would make its click rate a third less uncertain"
        return f"You have recorded no earlier campaign, so this is an order of magnitude{hope}."
    told = plural(len({(r.campaign, r.date) for r in forecast.past}), "campaign")
    judged = [h for h in {(r.campaign, r.date): r.held for r in forecast.past}.values() if h is not None]
    score = f" (the forecast {held(sum(judged), len(judged))})" if judged else ""
    known = {r.kind for r in forecast.past}
    if not known.intersection(learning):
        return f"Your {told} of other kinds moved this a little; it is still an order of magnitude{score}."
    missing = list(dict.fromkeys(ONE[kind] for kind in learning if kind not in known))
    lacking = f"; no {' and no '.join(missing)} is among them" if missing else ""
    return f"Calibrated on {told} of your own{score}{lacking}."
