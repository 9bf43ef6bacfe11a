"""Journeys as ``site.yaml`` says them: steps by their method, data, captures, and the placeholders that tie them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from spikekit.files.echo import quoted, suggestion
from spikekit.files.json_schema import JsonSchema, exactly_one, not_both, scalar, words
from spikekit.files.schema import Choice, ListOf, MapOf, Nested, OneOf, Record, Written, key, refuse_shape
from spikekit.files.tree import Place, Scalar
from spikekit.files.value import (
    HEADER_NAME,
    IDENTIFIER,
    LINE,
    POSITIVE_SHARE,
    TEXT,
    WORD,
    existing_file,
)
from spikekit.site.body import JsonReader, written_texts
from spikekit.site.data import DataFile, DataReader
from spikekit.site.model import Pause, Pick, Secret
from spikekit.site.pause import PauseReader, PlainPause
from spikekit.site.placeholder import LANDING, placeholders

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
BODILESS = ("get", "head", "options")
MAX_PATTERN = 500
_STATUS = "[1-5][0-9]{2}"
_LOCUST = r"(.+\.py):([A-Za-z_][A-Za-z0-9_]*)"


def _path(text: str) -> str:
    if not text.startswith(("/", "{landing}")):
        raise ValueError("it begins with / or {landing}, without the site's address")
    if text.startswith("//"):
        raise ValueError("// would name another site")
    if re.search(r"[\x00-\x20\x7f\\]", text):
        raise ValueError("it cannot hold spaces; write %20")
    return text


def _pattern(text: str) -> str:
    if len(text) > MAX_PATTERN:
        raise ValueError(f"it is longer than {MAX_PATTERN} characters")
    try:
        groups = re.compile(text).groups
    except (re.error, OverflowError) as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if groups != 1:
        raise ValueError(f"it has {groups} groups; (?:…) groups without capturing" if groups else "it has no group")
    return text


def _status(text: str) -> int:
    if not re.fullmatch(_STATUS, text):
        raise ValueError("")
    return int(text)


def header_value(text: str) -> str | Secret:
    """A header's value; ``env:NAME`` stands for a variable. Raises ``ValueError`` for what no header can hold."""
    if text.startswith("env:"):
        name = text.removeprefix("env:")
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise ValueError("a variable has letters, digits and underscores")
        return Secret(name=name)
    value = LINE.parse(text)
    if not value.isascii():
        raise ValueError("headers are plain ASCII")
    return value


HEADERS = MapOf(HEADER_NAME, Written("text, or env:NAME for a secret", header_value), most=100)
PATH = Written("a path such as /books/{id}", _path, words(r"(?:/(?!/)|\{landing\})[^\x00-\x20\x7f\\]*$"))


@dataclass(frozen=True, slots=True)
class LocustReader:
    """``file.py:Class``; the file must exist. It is the user's own code and is not run here."""

    expected: str = "a file and a class such as journeys/checkout.py:CheckoutUser"

    def read(self, place: Place) -> str | None:
        node = place.node
        if not isinstance(node, Scalar):
            refuse_shape(place, self.expected)
            return None
        match = re.fullmatch(_LOCUST, node.text)
        if match is None:
            place.expected(self.expected)
            return None
        path = existing_file(place, match[1], self.expected)
        return None if path is None else f"{path}:{match[2]}"

    def schema(self) -> JsonSchema:
        return words(f"{_LOCUST}$")


class ExpectFile(Record, noun="an expectation"):
    """What a right answer looks like."""

    status: tuple[int, ...] = key(
        ListOf(
            Written("an HTTP status such as 200", _status, scalar(_STATUS, minimum=100, maximum=599)),
            least=1,
            most=20,
            single=True,
        ),
        "the status, or any of a list",
        example="[200, 304]",
        default=(),
        otherwise="any below 400",
    )
    text: str | None = key(TEXT, "text the page must hold", example='"Add to basket"')


class StepFile(Record, noun="a step"):
    """One page of a journey."""

    get: str | None = key(PATH, "the path to GET", example='"{landing}"')
    post: str | None = key(PATH, "the path to POST to", example="/basket")
    put: str | None = key(PATH, "the path to PUT to", example='"/basket/{id}"')
    patch: str | None = key(PATH, "the path to PATCH", example="/account")
    delete: str | None = key(PATH, "the path to DELETE", example='"/basket/{id}"')
    head: str | None = key(PATH, "the path to ask the HEAD of", example="/books")
    options: str | None = key(PATH, "the path to ask the OPTIONS of", example="/api/order")
    name: str | None = key(LINE, "what reports call it", example="book page", otherwise="method and path")
    expect: ExpectFile | None = key(
        Nested(ExpectFile), "what a right answer looks like", example='{status: 200, text: "Add to basket"}'
    )
    think: Pause | None = key(
        OneOf(PlainPause(), PauseReader()),
        "the pause before the step: its mean, or how pauses are spread",
        example="8s",
        otherwise="0",
    )
    continue_: float = key(
        POSITIVE_SHARE, "the share of visitors who go on to this step", example="60%", default=1.0, otherwise="100%"
    )
    data: DataFile | None = key(
        DataReader(), "a CSV whose columns fill placeholders of this step and later ones", example="books.csv"
    )
    pick: Pick = key(
        Choice("a way to pick rows", {"random": "random", "shuffle": "shuffle", "sequence": "sequence"}),
        "which row of `data` a visitor gets: any, the next of the shuffled file, or the next as they are written",
        example="shuffle",
        default="random",
        otherwise="random",
    )
    capture: tuple[tuple[str, str], ...] = key(
        MapOf(WORD, Written("a regular expression with one group", _pattern, words(r"[^(]*\(")), most=50),
        "placeholders for later steps, cut out of the answer by a regular expression with one group",
        example="""{csrf: 'name="csrf" value="([^"]+)"'}""",
        default=(),
        otherwise="none",
    )
    form: tuple[tuple[str, str], ...] | None = key(
        MapOf(LINE, TEXT, most=200), "form fields to send", example='{id: "{id}", csrf: "{csrf}"}'
    )
    json: str | None = key(JsonReader(), "a JSON body to send", example='{basket: "{id}"}')
    headers: tuple[tuple[str, str | Secret], ...] = key(
        HEADERS,
        "headers of this step; they may hold placeholders",
        example='{X-CSRF-Token: "{csrf}"}',
        default=(),
        otherwise="the target's",
    )
    assets: str = key(
        Choice("a way to load assets", {"auto": "auto", "none": "none"}),
        "`auto` also loads the page's images, styles and scripts of the same host",
        example="auto",
        default="none",
        otherwise="none",
    )
    host: str | None = key(
        IDENTIFIER, "another listed target to send this step to", example="staging-api", otherwise="the run's target"
    )

    @property
    def method(self) -> str | None:
        """The method this step names, or ``None`` unless it names exactly one."""
        given = [m for m in METHODS if self.place.has(m)]
        return given[0] if len(given) == 1 else None

    @property
    def path(self) -> str | None:
        return getattr(self, self.method) if self.method else None

    def check(self) -> None:
        given = [m for m in METHODS if self.place.has(m)]
        if not given and not self.meant & set(METHODS):
            self.place.refuse(f"expected a method such as get: or post: with a path; methods: {', '.join(METHODS)}")
        for extra in given[1:]:
            self.place.at_key(extra).refuse(f"a step has one method; this one has {given[0]} already")
        bodies = [b for b in ("form", "json") if self.place.has(b)]
        if len(bodies) == 2:
            self.place.at_key("json").refuse("a step sends a form or JSON, not both")
        elif bodies and self.method in BODILESS:
            self.place.at_key(bodies[0]).refuse(f"{self.method} sends no body; use post")
        for name, value in self.headers:
            if name.lower() == "cookie" and isinstance(value, str) and placeholders(value):
                text = "visitors keep the cookies they are given; a step's own cookie is the same for everybody"
                self.place.at("headers").at(name).refuse(text)
        if self.place.has("pick") and not self.place.has("data"):
            self.place.at_key("pick").refuse("pick says which row of `data` to take; this step has no data")

    @classmethod
    def rules(cls) -> list[JsonSchema]:
        bodiless = {"not": {"anyOf": [{"required": [method]} for method in BODILESS]}}
        return [
            exactly_one(*METHODS),
            not_both("form", "json"),
            {"dependencies": {"form": bodiless, "json": bodiless, "pick": ["data"]}},
        ]


class JourneyFile(Record, noun="a journey"):
    """What a visitor does, page after page."""

    steps: tuple[StepFile, ...] = key(
        ListOf(Nested(StepFile), least=1, most=200),
        "the pages, in order",
        example='[{get: "{landing}"}]',
        default=(),
        otherwise="`locust`",
    )
    locust: str | None = key(
        LocustReader(), "instead of steps: any Locust User class", example="journeys/checkout.py:CheckoutUser"
    )

    def check(self) -> None:
        if not self.place.has("steps") and not self.place.has("locust"):
            self.place.refuse("expected steps, or locust: file.py:Class, found neither")
        if self.place.has("steps") and self.place.has("locust"):
            self.place.at_key("locust").refuse("a journey has steps or is a Locust class, not both")
        _names_differ(self.steps)
        known = {LANDING}
        for step in self.steps:
            if step.place.has("data") and step.data is None:
                # What that file would have named is not known: say no more than that it cannot be read.
                return
            known |= set(step.data.columns) if step.data else set()
            _placeholders_known(step, known)
            known |= set(step.place.names("capture"))

    @classmethod
    def rules(cls) -> list[JsonSchema]:
        return [exactly_one("steps", "locust")]


def _names_differ(steps: Iterable[StepFile]) -> None:
    names: set[str] = set()
    for step in steps:
        if step.name in names:
            step.place.at("name").refuse(f"{quoted(step.name or '')} is another step's name already")
        elif step.name is not None:
            names.add(step.name)


def _placeholders_known(step: StepFile, known: Iterable[str]) -> None:
    for name in (*METHODS, "form", "json", "headers"):
        if step.place.has(name):
            for place in written_texts(step.place.at(name)):
                text = place.node.text if isinstance(place.node, Scalar) else ""
                for word in placeholders(text):
                    if word not in known:
                        hint = suggestion(word, sorted(known))
                        place.refuse(f"{quoted('{' + word + '}')} is neither a column nor captured before{hint}")
