"""One declaration of a mapping reads it, notes every problem at its place, and still returns what can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from spikekit.files.parse import parse
from spikekit.files.schema import Choice, ListOf, MapOf, Nested, Record, Truth, key
from spikekit.files.tree import Place, Reading
from spikekit.files.value import COUNT, IDENTIFIER, LINE, SHARE, Ranged
from spikekit.vocabulary import Range

COUNTS = "a count such as 250k or 6.2M"


class Pot(Record, noun="a pot"):
    """A pot."""

    size: Range | None = key(Ranged(COUNT), "how big", example="2")


class Garden(Record, noun="a garden"):
    """A garden."""

    name: str | None = key(LINE, "its name", example="x", required=True)
    kind: str | None = key(Choice("a kind of garden", {"rose": "ROSE", "herb": "HERB"}), "what grows", example="rose")
    share: float = key(SHARE, "of the land", example="2%", default=0.5)
    open: bool | None = key(Truth(), "may one enter", example="true")
    pots: tuple[Pot, ...] = key(ListOf(Nested(Pot), most=3), "pots", example="[]", default=())
    beds: tuple[tuple[str, float], ...] = key(MapOf(IDENTIFIER, SHARE), "beds", example="{}", default=())
    continue_: str | None = key(LINE, "a word of Python's", example="x")


def _read(text: str) -> tuple[Garden, list[str]]:
    reading = Reading("f", Path())
    node = parse(text.encode(), reading)
    assert node is not None
    garden = Garden.read(Place(node, "", reading))
    return garden or Garden(), [str(p) for p in reading.sorted()]


def test_what_is_right_is_read_and_what_is_absent_has_its_default() -> None:
    garden, problems = _read(
        "name: A\nkind: herb\nopen: true\npots: [{size: {low: 1, likely: 2, high: 3}}]\ncontinue: x\n"
    )
    assert problems == []
    assert (garden.name, garden.kind, garden.share, garden.open, garden.continue_) == ("A", "HERB", 0.5, True, "x")
    assert garden.pots[0].size == Range(low=1, likely=2, high=3)


def test_every_problem_is_told_and_the_rest_is_still_there() -> None:
    garden, problems = _read(
        "kynd: rose\nkind: rosa\nshare: 120%\nopen: no\npots: [{size: lots}, 3, {size: 2}]\nbeds: {A b: 1%, b: 2%}\n"
    )
    assert problems == [
        'f:1:1 kynd: "kynd" is not a key of a garden; did you mean kind?',
        "f:1:1 name: expected text of one line, found nothing; name is required",
        'f:2:7 kind: "rosa" is not a kind of garden; did you mean rose?',
        'f:3:8 share: expected a share such as 2.6% or 0.026, found "120%"; it is at most 100%',
        'f:4:7 open: expected true or false, found "no"',
        'f:5:15 pots[0].size: expected a count such as 250k or 6.2M, found "lots"',
        "f:5:22 pots[1]: expected a pot with size, found 3",
        'f:6:8 beds.A b: expected a name of lower-case letters, digits and hyphens, found "A b"; did you mean a-b?',
    ]
    assert [p.size for p in garden.pots] == [None, Range.exact(2)]
    assert garden.beds == (("b", 0.02),)


@pytest.mark.parametrize(
    ("size", "column", "problem"),
    [
        ("{low: 3, likely: 2, high: 4}", 17, ".likely: expected no less than low (3), found 2"),
        ("{low: 1, likely: 5, high: 4}", 26, ".high: expected no less than likely (5), found 4"),
        ("{low: 0, likely: 2, high: 4}", 6, f".low: expected {COUNTS}, found 0; it must be more than zero"),
        ("{low: 1, high: 4}", 0, f".likely: expected {COUNTS}, found nothing; a range has low, likely and high"),
        ("{low: 1, likely: 2, hi: 3, high: 4}", 20, '.hi: "hi" is not a key of a range; did you mean high?'),
        ("[1, 2]", 0, f": expected {COUNTS}, or {{low, likely, high}}, found a list"),
        (".nan", 0, f": expected {COUNTS}, found .nan"),
        ("-.inf", 0, f": expected {COUNTS}, found -.inf; it cannot be negative"),
        ("~", 0, f": expected {COUNTS}, found nothing"),
    ],
)
def test_a_range_that_is_none_says_which_figure_is_wrong(size: str, column: int, problem: str) -> None:
    assert _read(f"name: A\npots: [{{size: {size}}}]\n")[1] == [f"f:2:{15 + column} pots[0].size{problem}"]


def test_what_is_repeated_from_a_file_is_short_and_cannot_move_the_cursor() -> None:
    _, problems = _read(f'name: A\nkind: "\\e[2J\\u202e{"x" * 5000}"\n')
    assert len(problems) == 1
    assert len(problems[0]) < 200
    assert problems[0].isprintable()
    assert r"\x1b[2J\u202e" in problems[0]


def test_a_hostile_file_gets_no_more_than_a_hundred_messages() -> None:
    _, problems = _read("name: A\n" + "".join(f"nam{i}: 1\n" for i in range(5000)))
    assert len(problems) == 100
