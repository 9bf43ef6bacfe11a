"""Strict YAML: text → tree, through PyYAML's events (libyaml's where it was built in: the same marks, but faster).

YAML 1.2's core scalars are kept as they were written. Refused: duplicate and merge keys, anchors and aliases, tags,
several documents, nesting beyond ``MAX_DEPTH``, files beyond ``MAX_BYTES``, anything but UTF-8 without a byte order
mark. What can be read on, is: all problems come at once. A syntax error ends the reading of its file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from spikekit.files.complaint import complaint
from spikekit.files.echo import escaped, quoted
from spikekit.files.tree import Broken, Items, Mapping, Node, Reading, Scalar

MAX_BYTES = 262_144
"""Far beyond any campaign a person writes; a bound on what a hostile file may cost."""

MAX_DEPTH = 20
"""The deepest key of the contract lies at six; JSON bodies of steps may need some more."""

UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
"""What YAML forbids, and the rarer line breaks: editors and YAML would count different lines."""

FIGURE = re.compile(r"[0-9]+(,[0-9]+)*\Z")
REST = re.compile(r"[0-9]+ ?[A-Za-z%/]{0,8}\Z")
THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+\Z")
"""Figures as the half of the world writes them that has a comma where YAML has a point, or nothing."""

Entries = dict[str, tuple[Scalar, Node]]

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Stop(Exception):
    """What follows cannot be read."""


def parse_file(path: Path, shown: str | None = None) -> tuple[Node | None, Reading]:
    """The tree of a file and its problems; no tree when it cannot be read at all. ``shown`` names it in messages."""
    reading = Reading(shown or str(path), path.parent)
    try:
        if not path.is_file():
            reading.add(0, 0, "", "expected a file, found a folder" if path.is_dir() else "no such file")
            return None, reading
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reading.add(0, 0, "", f"cannot be read: {error.strerror or type(error).__name__}")
        return None, reading
    return parse(content, reading), reading


def parse(content: bytes, reading: Reading) -> Node | None:
    """The tree of a file's bytes; problems go to ``reading``. ``None`` when there is nothing to read on with."""
    text = _text(content, reading)
    if text is None:
        return None
    try:
        return _Parser(text, reading).document()
    except _Stop:
        return None
    except yaml.YAMLError as error:
        line, column, message = complaint(error, text)
        reading.add(line, column, "", message)
        return None


def _text(content: bytes, reading: Reading) -> str | None:
    if len(content) > MAX_BYTES:
        reading.add(1, 1, "", f"the file is larger than {MAX_BYTES // 1024} kB; is it the right one?")
        return None
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        reading.add(1, 1, "", "the file begins with a byte order mark; save it as plain UTF-8")
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        line, column = _position(before)
        reading.add(line, column, "", f"byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8")
        return None
    if (bad := UNREADABLE.search(text)) is not None:
        line, column = _position(text[: bad.start()])
        reading.add(line, column, "", f"the control character {quoted(bad.group())} cannot stand in a file")
        return None
    if not text.strip():
        reading.add(1, 1, "", "the file is empty; `spikekit init DIR` writes examples")
        return None
    return text


def _position(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


class _Parser:
    """Builds nodes from events. Aliases are never followed, so no file can grow while it is read."""

    def __init__(self, text: str, reading: Reading) -> None:
        self.events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=LOADER))
        self.reading = reading

    def document(self) -> Node | None:
        next(self.events)
        if not isinstance(next(self.events), yaml.DocumentStartEvent):
            self.reading.add(1, 1, "", "the file holds only comments; `spikekit init DIR` writes examples")
            return None
        root = self.node(next(self.events), "", 0)
        next(self.events)
        if isinstance(after := next(self.events), yaml.DocumentStartEvent):
            self._refuse(after, "", "a second document begins here; one file holds one")
        return root

    def node(self, event: yaml.Event, path: str, depth: int) -> Node:
        line, column = mark(event)
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, path, "aliases (*) are not followed; write the value out")
            return Broken(line, column)
        self._refuse_extras(event, path)
        if depth > MAX_DEPTH:
            self._refuse(event, path, f"nested deeper than {MAX_DEPTH} levels")
            raise _Stop
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, event.style is None or event.style == "", line, column)
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(self._items(path, depth), line, column)
        return Mapping(self._entries(path, depth), line, column)

    def _items(self, path: str, depth: int) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, f"{path}[{len(items)}]", depth + 1))
        return items

    def _entries(self, path: str, depth: int) -> Entries:
        entries: Entries = {}
        cut: dict[str, Scalar] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, path, depth + 1)
            name = key.text if isinstance(key, Scalar) else "?"
            under = _under(path, name)
            value = self.node(next(self.events), under, depth + 1)
            if not isinstance(key, Scalar):
                if not isinstance(key, Broken):
                    self._refuse(event, path, "a key is one word, not a list or a mapping")
            elif (whole := _beyond_a_comma(key, value, entries)) is not None:
                last, (its_key, _) = entries.popitem()
                entries[last] = (its_key, whole)
                cut[last] = whole
            elif name == "<<" and key.plain:
                self._refuse(event, path, "merge keys (<<) are not used here; write the keys out")
            elif name in entries:
                self._refuse(
                    event, under, f"{quoted(name)} is given twice; the first is at line {entries[name][0].line}"
                )
            else:
                entries[name] = (key, value)
        for name, figure in cut.items():
            self.reading.add(figure.line, figure.column, _under(path, name), _without_comma(figure.text))
            entries[name] = (entries[name][0], Broken(figure.line, figure.column))
        return entries

    def _refuse_extras(self, event: yaml.Event, path: str) -> None:
        if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            return
        if event.anchor is not None:
            self._refuse(event, path, f"anchors (&) are not used here; drop {quoted('&' + event.anchor)}")
        if event.tag is not None:
            self._refuse(event, path, f"tags are not used here; drop {quoted(event.tag)} (quotes make a value text)")

    def _refuse(self, event: yaml.Event, path: str, message: str) -> None:
        line, column = mark(event)
        self.reading.add(line, column, path, message)


def _under(path: str, name: str) -> str:
    return f"{path}.{escaped(name)}" if path else escaped(name)


def _beyond_a_comma(key: Scalar, value: Node, entries: Entries) -> Scalar | None:
    """The whole of ``2,6%`` in ``{click_rate: 2,6%}``, which YAML reads as a 2 and a key ``6%`` that has no value."""
    last = next(reversed(entries.values()), None)
    if last is None or not isinstance(figure := last[1], Scalar) or not FIGURE.match(figure.text):
        return None
    follows = (key.line, key.column) == (figure.line, figure.column + len(figure.text) + 1)
    if not follows or not figure.plain or not REST.match(key.text) or not isinstance(value, Scalar) or value.text:
        return None
    return Scalar(f"{figure.text},{key.text}", True, figure.line, figure.column)


def _without_comma(text: str) -> str:
    if THOUSANDS.match(text):
        return f"a comma ends a value in braces; did you mean {text.replace(',', '_')}?"
    return f"a comma ends a value in braces, decimals take a point; did you mean {text.replace(',', '.', 1)}?"


def mark(event: yaml.Event) -> tuple[int, int]:
    """Line and column of an event, from 1."""
    start = event.start_mark
    return (1, 1) if start is None else (start.line + 1, start.column + 1)
