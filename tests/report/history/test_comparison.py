"""A comparison fits the screen, tells its runs apart, and does nothing to the terminal of whoever reads it."""

from __future__ import annotations

from spikekit.history.compare import Comparison
from spikekit.report.history.comparison import comparison_lines


def test_two_of_one_version_are_told_apart_by_their_ids() -> None:
    def head(*labels: str | None) -> str:
        one, other = labels
        return comparison_lines(Comparison(before="r1", after="r2", labels=(one, other), differences=()))[0]

    assert [head("a", "b"), head("a", "a"), head(None, None), head("a", None)] == [
        "a → b",
        "r1 → r2",
        "r1 → r2",
        "a → r2",
    ]


def test_what_servers_and_people_wrote_is_harmless_and_broken_to_the_screen() -> None:
    hostile = "It was inconclusive (\x1b[2J\x07 \ud800): " + "and so it went on " * 9
    lines = comparison_lines(
        Comparison(before="r1", after="r2", labels=("\x1b]0;owned", None), differences=(), notes=(hostile,))
    )
    assert max(map(len, lines)) <= 80
    assert "\n".join(lines).encode().decode().replace("\n", "").isprintable()
    assert len(lines) > 3
