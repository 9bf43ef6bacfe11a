"""Lines of words fit a terminal, and what belongs together stays together."""

from __future__ import annotations

from itertools import pairwise

from spikekit.report.screen import LINE, wrapped


def test_no_number_is_torn_from_its_unit_wherever_the_line_ends() -> None:
    told = "(57 % to over 99 %; the click rate), 5 % waited 15 s or longer, 1,900 requests/s, 12 kB"
    for before in range(LINE):
        lines = wrapped(f"{'x' * before} {told}")
        assert max(map(len, lines)) <= LINE
        assert " ".join(lines).split() == f"{'x' * before} {told}".split()
        assert not [(one, other) for one, other in pairwise(lines) if one[-1].isdigit() and other[0] in "%skr"]


def test_what_ties_them_does_not_reach_whoever_copies_the_words() -> None:
    assert wrapped("5 % waited 15 s") == ["5 % waited 15 s"]


def test_addresses_stay_whole_and_what_servers_say_need_not() -> None:
    address = f"http://{'a-' * 60}b"
    assert wrapped(f"see {address}") == ["see", address]
    assert max(map(len, wrapped(f"see {address}", whole=False))) <= LINE
