"""Which of a campaign's drawn spikes is sent, and how much of it."""

from __future__ import annotations

import click

from spikekit.cli.parameters import POSITIVE_DURATION, QUANTILE

at = click.option(
    "--at", type=QUANTILE, default="p90", help="Which spike: higher than so many of the drawn ones [p90]."
)
window = click.option("--window", type=POSITIVE_DURATION, default="5m", help="How much of it, around its peak [5m].")
