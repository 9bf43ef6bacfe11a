"""A parsed file as a tree whose every value knows its line and column, and the place a message points at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from spikekit.errors import Problem
from spikekit.files.echo import escaped, quoted

MAX_PROBLEMS = 100
"""Problems told of one file. Who has more is better served by mending these first."""

NULL = re.compile(r"(null|Null|NULL|~|)\Z")
TRUE = re.compile(r"(true|True|TRUE)\Z")
FALSE = re.compile(r"(false|False|FALSE)\Z")
INTEGER = re.compile(r"[-+]?[0-9]{1,4000}\Z")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z|[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")


@dataclass(slots=True)
class Scalar:
    """One written value. ``plain`` is False when it was quoted, and then it is text whatever it says."""

    text: str
    plain: bool
    line: int
    column: int

    @property
    def is_null(self) -> bool:
        return self.plain and NULL.match(self.text) is not None

    @property
    def truth(self) -> bool | None:
        """True or false as YAML 1.2 knows them (``no`` and ``off`` are text); ``None`` for all else."""
        if not self.plain:
            return None
        return True if TRUE.match(self.text) else False if FALSE.match(self.text) else None

    @property
    def is_number(self) -> bool:
        return self.plain and NUMBER.match(self.text) is not None


@dataclass(slots=True)
class Items:
    """A list."""

    items: list[Node]
    line: int
    column: int


@dataclass(slots=True)
class Mapping:
    """Keys with their values, in the order written. Keys are unique; each remembers where it stands."""

    entries: dict[str, tuple[Scalar, Node]]
    line: int
    column: int


@dataclass(slots=True)
class Broken:
    """A value already complained about; nothing more is said of it."""

    line: int
    column: int


Node: TypeAlias = Scalar | Items | Mapping | Broken


def found(node: Node) -> str:
    """What stands there, in a word or quoted: ``"lots"``, ``12``, ``nothing``, ``a list``."""
    match node:
        case Scalar() if node.is_null:
            return "nothing"
        case Scalar() if node.is_number or node.truth is not None:
            return escaped(node.text)
        case Scalar():
            return quoted(node.text)
        case Items():
            return "a list"
        case Mapping():
            return "a mapping"
        case _:
            return "something else"


@dataclass(slots=True)
class Reading:
    """One file being read: what it is called in messages, where its neighbours are, what is wrong with it."""

    file: str
    folder: Path
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.problems) >= MAX_PROBLEMS

    def add(self, line: int, column: int, path: str, message: str) -> None:
        """Note a problem (line and column as in ``Problem``), unless there are too many already."""
        if not self.is_full:
            self.problems.append(Problem(file=self.file, line=line, column=column, path=path, message=message))

    def sorted(self) -> list[Problem]:
        """The problems in the order of their lines; those of files this one names come after its own."""
        return sorted(self.problems, key=lambda p: (p.file != self.file, p.file, p.line, p.column))


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a file: its node, its path (``channels[2].audience``) and the reading it belongs to."""

    node: Node
    path: str
    reading: Reading

    def refuse(self, message: str) -> None:
        """Note what is wrong with the value at this place."""
        self.reading.add(self.node.line, self.node.column, self.path, message)

    def expected(self, what: str, note: str = "") -> None:
        """Note that something else should stand here: ``expected …, found …``, with a note after it."""
        self.refuse(f"expected {what}, found {found(self.node)}" + (f"; {note}" if note else ""))

    def has(self, name: str) -> bool:
        """Whether this mapping was given the key, well or badly."""
        return isinstance(self.node, Mapping) and name in self.node.entries

    def names(self, name: str) -> tuple[str, ...]:
        """The keys of the mapping under a key; none when no mapping stands there."""
        node = self.at(name).node if self.has(name) else None
        return tuple(node.entries) if isinstance(node, Mapping) else ()

    def at(self, name: str) -> Place:
        """The place of a key's value; without such a key, this place under that path."""
        path = self._under(name)
        node = self.node.entries[name][1] if isinstance(self.node, Mapping) and self.has(name) else self.node
        return Place(node, path, self.reading)

    def at_key(self, name: str) -> Place:
        """The place of a key itself, for what is wrong with its name."""
        node = self.node.entries[name][0] if isinstance(self.node, Mapping) and self.has(name) else self.node
        return Place(node, self._under(name), self.reading)

    def item(self, index: int) -> Place:
        """The place of a list's item, counted from 0."""
        node = self.node.items[index] if isinstance(self.node, Items) else self.node
        return Place(node, f"{self.path}[{index}]", self.reading)

    def _under(self, name: str) -> str:
        return f"{self.path}.{escaped(name)}" if self.path else escaped(name)
