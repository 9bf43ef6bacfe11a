"""Whatever comes from outside becomes a bounded number of short, printable labels."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spikekit.metrics.label import LONGEST, OTHER, Room, clean

ANYTHING = st.text(st.characters(), max_size=200)


@given(ANYTHING)
def test_a_label_is_short_one_line_and_can_be_written_as_utf_8(text: str) -> None:
    label = clean(text)
    assert len(label) <= LONGEST
    assert label.isprintable()
    label.encode("utf-8")
    assert clean(label) == label


@given(st.lists(ANYTHING, max_size=60), st.integers(min_value=0, max_value=10))
def test_there_are_never_more_labels_than_room_and_other_and_none_ever_changes(texts: list[str], most: int) -> None:
    room = Room(most)
    first = [room.label(text) for text in texts]
    assert len(set(first) - {OTHER}) <= most
    assert [room.label(text) for text in texts] == first
