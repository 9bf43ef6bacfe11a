"""The reference page knows every key the files may have, and every example in it is accepted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spikekit.files.parse import parse
from spikekit.files.schema import Record
from spikekit.files.tree import Place, Reading
from tests.files.contract import write_project
from tests.files.reference import ALL, BLOCK, PAGE, rendered

KEYS = [(record, name) for record in ALL.values() for name in record.keys]


def test_the_page_says_what_the_schema_says() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == rendered(page), "the schema has changed: run `python -m tests.files.reference`"


@pytest.mark.parametrize("noun", ALL)
def test_every_mapping_of_both_files_has_its_table(noun: str) -> None:
    assert noun in {m[2] for m in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}


@pytest.mark.parametrize(("record", "name"), KEYS, ids=[f"{r.__name__}.{n}" for r, n in KEYS])
def test_every_key_is_documented_with_an_example_that_is_accepted(
    record: type[Record], name: str, tmp_path: Path
) -> None:
    key = record.keys[name]
    assert len(key.meaning) > 1
    assert key.required or key.default is None or key.otherwise, "a key with a default says in words what it is"
    write_project(tmp_path)
    (tmp_path / "week.csv").write_text("time,requests_per_second\n0,1\n3600,2\n")
    reading = Reading("example", tmp_path)
    node = parse(key.example.encode(), reading)
    assert node is not None
    assert key.reader.read(Place(node, name, reading)) is not None
    assert reading.problems == []


def test_every_yaml_block_of_the_page_is_yaml_we_accept() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        reading = Reading("page", Path())
        assert parse(block.encode(), reading) is not None
        assert reading.problems == []
