"""What an answer's page shows first is what matters most of it."""

from __future__ import annotations

from spikekit.readiness.answer import assess
from spikekit.report.readiness.reading import tiles
from tests.forecast.campaigns import campaign, channel
from tests.readiness.cases import LOOK, measured, question


def test_the_safe_audiences_that_are_smallest_beside_what_is_declared_are_shown_first() -> None:
    """The same channels in every order: a post for all the world is far beyond what is safe, a mail to ten is not."""
    channels = [
        channel("push", 10, journey=LOOK),
        channel("email", 10, journey=LOOK),
        channel("brand_post", 8e9, journey=LOOK),
        channel("sms", 1e6, journey=LOOK),
    ]
    for ordered in (channels, channels[::-1]):
        answer = assess(question(campaign(*ordered), measured(30), draws=1_000), with_advice=False)
        shown = [tile for tile in tiles(answer) if tile.words.startswith("safe for")]
        assert {tile.words for tile in shown} == {"safe for brand post", "safe for sms"}
        assert {tile.more for tile in shown} == {
            "the channel alone; declared 8 billion",
            "the channel alone; declared 1 million",
        }
