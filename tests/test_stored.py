"""What one process writes another reads: the same value, or a refusal that names the place."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikekit.stored import text_of, value_of
from spikekit.vocabulary import RunKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    radius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    side: float

    def __post_init__(self) -> None:
        if self.side < 0:
            raise ValueError("a side is not negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    name: str
    count: int
    share: float
    sure: bool
    kind: RunKind
    how: Literal["up", "down"]
    shape: Round | Square | None
    place: IPv4Network | IPv6Network
    at: datetime
    file: Path | None = None
    shapes: tuple[Round | Square, ...] = ()
    pair: tuple[str, float] = ("", 0.0)
    days: frozenset[int] = frozenset()
    table: dict[str, tuple[int, ...]] | None = None
    open: Any = None
    round: Round | None = None
    many: list[float | None] = field(default_factory=list)


SHAPES = st.builds(Round, radius=st.floats(allow_nan=False)) | st.builds(Square, side=st.floats(min_value=0))
VALUES = st.builds(
    Everything,
    at=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-9, minutes=-30))])),
    share=st.floats(allow_nan=False),
    shape=st.none() | SHAPES,
    file=st.none() | st.just(Path("/books/ü.csv")),
    shapes=st.lists(SHAPES).map(tuple),
    pair=st.tuples(st.text(), st.floats(allow_nan=False)),
    round=st.none() | st.builds(Round, radius=st.floats(allow_nan=False)),
    many=st.lists(st.none() | st.floats(allow_nan=False)),
    open=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=4),
)
GOOD = json.loads(
    text_of(
        Everything(
            name="a",
            count=1,
            share=0.5,
            sure=True,
            kind=RunKind.LOAD,
            how="up",
            shape=None,
            place=IPv4Network("10.0.0.0/8"),
            at=datetime(2026, 12, 4, 18, tzinfo=UTC),
        )
    )
)


@given(value=VALUES)
@settings(deadline=None)
def test_what_was_written_is_read_back(value: Everything) -> None:
    """Every kind of field there is, through text, indented or not."""
    assert value_of(Everything, json.loads(text_of(value))) == value
    assert value_of(Everything, json.loads(text_of(value, indent=1))) == value


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"count": 1.5}, "count: expected int, got 1.5"),
        ({"count": True}, "count: expected int, got True"),
        ({"share": "0.5"}, "share: expected float, got '0.5'"),
        ({"share": int("9" * 400)}, "share: expected float, got 9+"),
        ({"count": float("inf")}, "count: expected int, got inf"),
        ({"round": {"radius": "wide"}}, "round: radius: expected float, got 'wide'"),
        ({"round": {}}, "round: radius is missing"),
        ({"many": [1.0, "2"]}, "many: expected float, got '2'"),
        ({"sure": 1}, "sure: expected bool, got 1"),
        ({"kind": "picnic"}, "kind: 'picnic' is not a valid RunKind"),
        ({"how": "sideways"}, "how: expected .*Literal.*, got 'sideways'"),
        ({"shape": {"edges": 3}}, "shape: expected .*, got {'edges': 3}"),
        ({"shapes": [{"side": 1.0}, {"side": -1.0}]}, "shapes: expected .*, got {'side': -1.0}"),
        ({"shapes": {"side": 1.0}}, "shapes: expected .*"),
        ({"pair": ["a"]}, "pair: expected .*"),
        ({"place": "home"}, "place: expected .*, got 'home'"),
        ({"at": "soon"}, "at: Invalid isoformat string: 'soon'"),
        ({"file": 3}, "file: expected .*, got 3"),
        ({"table": {"a": ["b"]}}, "table: expected .*"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_place(changes: dict[str, Any], problem: str) -> None:
    """One line: the field, what was expected and what stood there."""
    with pytest.raises(ValueError, match=rf"^{problem}$"):
        value_of(Everything, {**GOOD, **changes})


def test_whole_numbers_serve_as_floats_and_unknown_fields_are_passed_over() -> None:
    """As other versions, and other programs, may have written it."""
    read = value_of(Everything, {**GOOD, "share": 2, "many": [1.5, None, 2], "count": 3.0, "later": "invention"})
    assert (read.share, type(read.share)) == (2.0, float)
    assert (read.count, type(read.count)) == (3, int)
    assert (read.many, [type(n) for n in read.many]) == ([1.5, None, 2.0], [float, type(None), float])


def test_a_missing_field_without_a_default_is_refused() -> None:
    with pytest.raises(ValueError, match="name"):
        value_of(Everything, {key: part for key, part in GOOD.items() if key != "name"})


def test_what_has_no_form_is_a_defect_at_once() -> None:
    """Bytes, say: nobody could read them back."""
    with pytest.raises(TypeError, match="bytes"):
        text_of({"body": b""})
