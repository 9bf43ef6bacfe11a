"""Strict YAML: everything that could mean two things is refused where it stands, and nothing written can harm."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.files.parse import MAX_BYTES, parse, parse_file
from spikekit.files.tree import Mapping, Reading, Scalar


def _problems(content: bytes | str) -> list[str]:
    reading = Reading("f", Path())
    parse(content.encode() if isinstance(content, str) else content, reading)
    return [str(p) for p in reading.sorted()]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("a: 1\nb: 2\na: 3\n", 'f:3:1 a: "a" is given twice; the first is at line 1'),
        ("x: {a: 1, a: 2}\n", 'f:1:11 x.a: "a" is given twice; the first is at line 1'),
        ("a: &x 1\n", 'f:1:4 a: anchors (&) are not used here; drop "&x"'),
        ("<<: {a: 1}\n", "f:1:1 merge keys (<<) are not used here; write the keys out"),
        ("a: !!int 1\n", 'f:1:4 a: tags are not used here; drop "tag:yaml.org,2002:int" (quotes make a value text)'),
        ("a: !x {}\n", 'f:1:4 a: tags are not used here; drop "!x" (quotes make a value text)'),
        ("{a: 2,6%, b: 3}\n", "f:1:5 a: a comma ends a value in braces, decimals take a point; did you mean 2.6%?"),
        ("x: {a: 1,250,000}\n", "f:1:8 x.a: a comma ends a value in braces; did you mean 1_250_000?"),
        ("? [1]\n: 2\n", "f:1:3 a key is one word, not a list or a mapping"),
        ("a: 1\n---\nb: 2\n", "f:2:1 a second document begins here; one file holds one"),
        ("a: 1\nb:\n\tc: 2\n", "f:3:1 a tab indents this line; YAML wants spaces"),
        ("a: @x\n", 'f:1:4 a value cannot begin with "@"; put it in quotes'),
        ("a: 'x\n", "f:1:4 the quote that opens here is never closed"),
        ("a: b: c\n", "f:1:5 a colon where no key can be: text that holds a colon and a space needs quotes"),
        ("a: [1\nb: 2\n", "f:2:2 expected a comma or ] for the bracket that opens at line 1"),
        ("a: {b: 1\nc: 2\n", "f:2:2 expected a comma or } for the bracket that opens at line 1"),
        ("x:\n  - a: 1\n   b: 2\n", "f:3:4 the indentation of this line fits none of the lines above it"),
        ('a: "\\d"\n', "f:1:5 an unknown \\ escape in double quotes; single quotes ('…') take every \\ as it is"),
        ("", "f:1:1 the file is empty; `spikekit init DIR` writes examples"),
        ("# only this\n", "f:1:1 the file holds only comments; `spikekit init DIR` writes examples"),
        ("a: 1\nb: \x1b[31m\n", 'f:2:4 the control character "\\x1b" cannot stand in a file'),
        ("a: 1\u2028b: 2\n", 'f:1:5 the control character "\\u2028" cannot stand in a file'),
        (b"a: 1\nb: caf\xe9\n", "f:2:7 byte 0xe9 is not UTF-8; save the file as UTF-8"),
        (b"\xef\xbb\xbfa: 1\n", "f:1:1 the file begins with a byte order mark; save it as plain UTF-8"),
        ("a: 1".encode("utf-16"), "f:1:1 the file begins with a byte order mark; save it as plain UTF-8"),
        ("[" * 50, "f:1:22 " + "[0]" * 21 + ": nested deeper than 20 levels"),
        ("#" * (MAX_BYTES + 1), "f:1:1 the file is larger than 256 kB; is it the right one?"),
    ],
)
def test_what_could_mean_two_things_is_refused_where_it_stands(content: bytes | str, problem: str) -> None:
    assert _problems(content) == [problem]


def test_every_figure_with_a_comma_is_told_and_nothing_else() -> None:
    assert _problems("{low: 1,6%, likely: 2,6%, high: 3.6%}\n") == [
        "f:1:7 low: a comma ends a value in braces, decimals take a point; did you mean 1.6%?",
        "f:1:21 likely: a comma ends a value in braces, decimals take a point; did you mean 2.6%?",
    ]
    for whole in ("{a: 2, 6: 1}", "{a: 2, b}", "{a: [2,6]}", "{a: '2',6}", "a: 2\n6:\n"):
        assert _problems(whole) == []


def test_aliases_are_refused_and_the_rest_is_still_read() -> None:
    assert _problems("a: &x [1]\nb: *x\nc: 1\nc: 2\n") == [
        'f:1:4 a: anchors (&) are not used here; drop "&x"',
        "f:2:4 b: aliases (*) are not followed; write the value out",
        'f:4:1 c: "c" is given twice; the first is at line 3',
    ]


def test_an_alias_bomb_costs_nothing() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 40)]
    started = perf_counter()
    assert len(_problems("\n".join(lines))) == 100
    assert perf_counter() - started < 2


def _scalars(content: str) -> dict[str, Scalar]:
    node = parse(content.encode(), Reading("f", Path()))
    assert isinstance(node, Mapping)
    return {name: value for name, (_, value) in node.entries.items() if isinstance(value, Scalar)}


@pytest.mark.parametrize(
    "text", ["12:30", "2026-12-04", "2026-12-04T18:00", "no", "off", "6_200_000", "0b1", "1h30m", "+44 20"]
)
def test_what_yaml_1_1_would_turn_into_something_else_stays_text(text: str) -> None:
    scalar = _scalars(f"a: {text}\n")["a"]
    assert (scalar.text, scalar.is_number, scalar.truth, scalar.is_null) == (text, False, None, False)


def test_quoted_values_are_text_whatever_they_say() -> None:
    found = _scalars("a: 'true'\nb: \"12\"\nc: '~'\nd: true\ne: 12\nf: ~\n")
    assert [s.truth for s in found.values()] == [None, None, None, True, None, None]
    assert [s.is_number for s in found.values()] == [False, False, False, False, True, False]
    assert [s.is_null for s in found.values()] == [False, False, False, False, False, True]


@pytest.mark.parametrize("make", ["missing", "folder", "unreadable"])
def test_a_file_that_cannot_be_read_is_a_problem_like_any_other(tmp_path: Path, make: str) -> None:
    path = tmp_path / "x.yaml"
    if make == "folder":
        path.mkdir()
    elif make == "unreadable":
        path.symlink_to(path)
    node, reading = parse_file(path)
    assert node is None
    assert [(p.file, p.line, p.column) for p in reading.problems] == [(str(path), 0, 0)]


@given(st.binary(max_size=200) | st.text("ab:-?[]{}&*!|>'\"%@`#, \n\t~<x0\\é😀", max_size=80).map(str.encode))
def test_no_bytes_whatever_make_the_reader_fail(content: bytes) -> None:
    reading = Reading("f", Path())
    node = parse(content, reading)
    lines = content.decode("utf-8", "replace").splitlines() or [""]
    assert node is not None or reading.problems
    assert all(p.line >= 1 and p.column >= 1 and p.line <= len(lines) + 1 for p in reading.problems)
