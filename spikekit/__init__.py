"""spikekit: from a declared campaign to a kept promise.

The river, one package a stretch: ``campaign`` and ``site`` (what people declare) → ``forecast`` →
``profile`` → ``engine`` (on Locust) → ``verdict`` → ``history`` and ``report``; ``cli`` on the shore.
"""

__version__ = "0.1.0"
