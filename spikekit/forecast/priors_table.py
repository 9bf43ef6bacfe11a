"""The priors as Markdown tables, for the reference page: made from the data, so that they cannot drift."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from spikekit.forecast.bank import FITTED
from spikekit.forecast.priors import (
    BOT_SPREAD,
    DROP_RUSH,
    GATHERING,
    PRIORS,
    QUALITY,
    RELOAD,
    RELOADING,
    REQUESTS_PER_LANDING,
    RUSH_SPREAD,
    Figure,
    Prior,
)
from spikekit.vocabulary import ChannelKind


def priors_table() -> str:
    """One row a figure: channel, what, P5, P50, P95, source, tag."""
    rows = ["| channel | figure | low | likely | high | source | tag |", "|---|---|---|---|---|---|---|"]
    for kind, prior in PRIORS.items():
        rows += _rows(kind, prior)
    rows += [
        _row("drop", "median of the rush, of the reload interval", DROP_RUSH, _percent),
        _row("drop", "sigma of the rush", RUSH_SPREAD, _plain),
        _row("drop", "the crowd gathers before the minute", GATHERING, _time),
        _row("drop", "each reloads every", RELOADING, _time),
        _row("all", "origin requests per landing", REQUESTS_PER_LANDING, _plain),
        _row("all", "requests of a machine's click or a reload", RELOAD, _plain),
        _row("all", "sigma of the machines' delay", BOT_SPREAD, _plain),
        _row("all", "correlation of the log click rates of one campaign", QUALITY, _plain),
    ]
    return "\n".join(rows)


def kernels_table() -> str:
    """The three waves of a post's response: P5, P50, P95 of each parameter over the cascades."""
    rows = ["| wave | parameter | low | likely | high |", "|---|---|---|---|---|"]
    kernels, names = FITTED.rows, ("share", "median", "sigma")
    for wave, of in enumerate(("first", "second", "third")):
        for name, show, figures in zip(
            names, (_percent, _time, _plain), (kernels.weights, kernels.medians, kernels.sigmas), strict=True
        ):
            shown = " | ".join(show(float(f"{q:.3g}")) for q in np.quantile(figures[wave], (0.05, 0.5, 0.95)))
            rows.append(f"| {of} | {name} | {shown} |")
    return "\n".join(rows)


def _rows(kind: ChannelKind, prior: Prior) -> list[str]:
    figures = [
        (f"click rate, of {prior.audience}", prior.click_rate, _percent),
        ("clicks, where no audience is declared", prior.clicks, _plain),
        ("median reaction", prior.median_seconds, _time),
        ("sigma of the reaction", prior.sigma, _plain),
        ("machines' share of the clicks", prior.bots, _percent),
        ("machines' median delay", prior.bots_seconds, _time),
    ]
    return [_row(kind.value, name, figure, show) for name, figure, show in figures if figure is not None]


def _row(kind: str, name: str, figure: Figure, show: Callable[[float], str]) -> str:
    range_ = figure.range
    shown = " | ".join(show(v) for v in (range_.low, range_.likely, range_.high))
    return f"| {kind} | {name} | {shown} | {figure.source} | {figure.tag} |"


def _percent(value: float) -> str:
    return f"{value * 100:.3g} %"


def _plain(value: float) -> str:
    return f"{value:,.6g}"


def _time(seconds: float) -> str:
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"
