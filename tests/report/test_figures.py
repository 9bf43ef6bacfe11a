"""How figures are said."""

from __future__ import annotations

import pytest

from spikekit.report.figures import brief, crowd, many
from spikekit.wording import about, people, span


@pytest.mark.parametrize(
    ("value", "words", "figure"),
    [
        (0, "no visitors", "0"),
        (0.3, "fewer than 10 visitors", "under 10"),
        (9.99, "fewer than 10 visitors", "under 10"),
        (10, "about 10 visitors", "10"),
        (847, "about 850 visitors", "850"),
    ],
)
def test_a_forecast_of_a_handful_is_not_given_a_figure(value: float, words: str, figure: str) -> None:
    assert crowd(value) == words
    assert many(value) == figure


def test_figures_are_said_as_people_say_them() -> None:
    assert [about(v) for v in (0, 0.04, 0.304, 1.26, 847, 18_612)] == ["0", "under 0.1", "0.3", "1.3", "850", "19,000"]
    assert [people(v) for v in (250_000, 6.2e6, 1.5e9)] == ["250,000", "6.2 million", "1.5 billion"]
    assert [span(s) for s in (12, 300, 3900, 9000, 3 * 86_400)] == ["12 s", "5 min", "65 min", "2½ hours", "3 days"]
    assert [brief(s) for s in (0, -600, 45, 5400, 86_400)] == ["0", "-10m", "45s", "1h30m", "1d"]
