"""How long a visitor reads before going on."""

from __future__ import annotations

import random
from math import log

from spikekit.site.model import LognormalPause, Pause


def pause_seconds(pause: Pause, luck: random.Random) -> float:
    """One pause, in seconds."""
    if isinstance(pause, LognormalPause):
        return luck.lognormvariate(log(pause.median_seconds), pause.sigma)
    return luck.weibullvariate(pause.scale_seconds, pause.shape)
