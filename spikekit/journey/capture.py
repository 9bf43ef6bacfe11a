"""Where a value that a request sends came from: a pattern that finds it in an earlier answer, and its like in others.

A pattern is proposed only when it was tried: searched in the recorded answer, its first match must be the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from spikekit.journey.secret import names_token
from spikekit.journey.slot import Slot, Where
from spikekit.journey.token import is_token
from spikekit.site.steps import MAX_PATTERN

_MAX_TAG = 20_000
_TAG = re.compile(rf"<(input|meta)\b([^<>]{{1,{_MAX_TAG}}})>", re.IGNORECASE)
_KEY_BEFORE = re.compile(r"\"([A-Za-z0-9_.$:-]{1,80})\"\s{0,9}:\s{0,9}(\"?)\Z")
_ATTRIBUTE = re.compile(r"([A-Za-z][A-Za-z0-9:_-]{0,60})\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
_FORM = re.compile(r"<form\b([^<>]{0,5000})>", re.IGNORECASE)
_NAMES = {"input": ("name",), "meta": ("name", "property", "http-equiv")}
_VALUES = {"input": "value", "meta": "content"}
_IDS = frozenset({"id", "ids", "uid", "guid", "uuid", "key", "sku", "variant", "version", "revision", "ref", "code"})
_MAX_NAME = 80
_MAX_CONTEXTS = 20
_MAX_PLACES = 500
_SHORT = 4
"""Characters: a shorter value stands in an answer by chance too often for anything but its own field."""


def may_be_captured(slot: Slot) -> bool:
    """Whether a value is of the kind that a site hands out: tokens anywhere, ids in fields."""
    if not slot.text or slot.text.lower() in ("true", "false", "null"):
        return False
    if is_token(slot.text) or (names_token(slot.field) and len(slot.text) >= _SHORT):
        return True
    if slot.where is Where.SEGMENT:
        return slot.text.isdigit() and len(slot.text) >= _SHORT
    return _last_word(slot.name) in _IDS


def pattern_for(slot: Slot, answer: str, is_clean: Callable[[str], bool]) -> str | None:
    """A regular expression with one group whose first match in ``answer`` is the slot's value, or ``None``.

    ``is_clean`` tells whether a text may be shown: no secret may stand around the group.
    """
    if slot.text not in answer:
        return None
    for pattern in _candidates(slot, answer):
        if len(pattern) > MAX_PATTERN or not is_clean(pattern):
            continue
        found = re.search(pattern, answer)
        if found is not None and found[1] == slot.text:
            return pattern
    return None


def _candidates(slot: Slot, answer: str) -> Iterator[str]:
    is_sure = is_token(slot.text) or names_token(slot.field)
    yield from _in_tags(slot, answer, any_name=is_sure)
    yield from _in_json(slot, answer, any_name=is_sure)
    if is_sure:
        yield from _in_context(slot, answer)


def _in_tags(slot: Slot, answer: str, *, any_name: bool) -> Iterator[str]:
    """Hidden inputs and meta tags; those of the field's own name first.

    A page with several forms may have such a field in each: then the pattern begins at the right form.
    """
    found = []
    for tag in _tags_around(slot.text, answer):
        kind = tag[1].lower()
        attributes = {m[1].lower(): m for m in _ATTRIBUTE.finditer(tag[2])}
        value = attributes.get(_VALUES[kind])
        name = next((attributes[n] for n in _NAMES[kind] if n in attributes), None)
        if value is None or name is None or _bare(value[2]) != slot.text or len(name[2]) > _MAX_NAME:
            continue
        is_own = _bare(name[2]) == slot.name
        if is_own or any_name:
            found.append((not is_own, _tag_pattern(name, value), tag.start()))
    found.sort(key=lambda candidate: candidate[0])
    yield from (pattern for _, pattern, _ in found)
    for _, pattern, start in found:
        form = next(iter(reversed(list(_FORM.finditer(answer, 0, start)))), None)
        mark = form and next((m for m in _ATTRIBUTE.finditer(form[1]) if m[1].lower() in ("action", "id")), None)
        if mark:
            yield rf"<form[^>]*{mark[1]}={_literal(mark[2])}[^>]*>[\s\S]*?{pattern}"


def _tags_around(text: str, answer: str) -> Iterator[re.Match[str]]:
    """The inputs and metas with the text in them. From the text outwards: a page has a thousand tags without it."""
    last = -1
    for at in _places(text, answer):
        start = answer.rfind("<", max(0, at - _MAX_TAG), at)
        tag = _TAG.match(answer, start) if start > last else None
        last = max(last, start)
        if tag is not None:
            yield tag


def _places(text: str, answer: str) -> Iterator[int]:
    """Where the text stands as a whole value, not inside a longer word or number. What stands everywhere is no id."""
    at, looked = answer.find(text), 0
    while at >= 0 and looked < _MAX_PLACES:
        if not answer[at - 1 : at].isalnum() and not answer[at + len(text) : at + len(text) + 1].isalnum():
            yield at
        at, looked = answer.find(text, at + len(text)), looked + 1


def _tag_pattern(name: re.Match[str], value: re.Match[str]) -> str:
    named = f"{name[1]}={_literal(name[2])}"
    group = f"{value[1]}={_group(value[2])}"
    # Other attributes may come in between; the same tag it must be.
    return f"{named}[^>]*?{group}" if name.start() < value.start() else f"{group}[^>]*?{named}"


def _group(written: str) -> str:
    quote = written[0]
    return f"{quote}([^{quote}]+){quote}" if quote in "\"'" else r"""([^\s"'>]+)"""


def _bare(written: str) -> str:
    return written[1:-1] if written[0] in "\"'" else written


def _in_json(slot: Slot, answer: str, *, any_name: bool) -> Iterator[str]:
    """A field of JSON, in an API's answer or in a page's script."""
    keys: dict[tuple[str, str], None] = {}
    for at in _places(slot.text, answer):
        before = _KEY_BEFORE.search(answer, max(0, at - _MAX_NAME - 20), at)
        if before is not None:
            keys[(before[1], before[2])] = None
    for key, quote in sorted(keys, key=lambda pair: pair[0] != slot.name):
        # {"cart": {"id": 8812}} and later cart_id=8812: the same thing under a shorter name.
        same = _last_word(key) in _IDS if slot.where is Where.SEGMENT else _last_word(key) == _last_word(slot.name)
        is_own = key == slot.name or (same and len(slot.text) >= _SHORT)
        if is_own or any_name:
            group = '"([^"]+)"' if quote else "(-?[0-9.]+)"
            yield rf'"{_literal(key)}"\s*:\s*{group}'


def _in_context(slot: Slot, answer: str) -> Iterator[str]:
    """Anything else a token may stand in: another attribute, a link's path, a script's variable."""
    text = re.escape(slot.text)
    for found in _first(rf"([A-Za-z][A-Za-z0-9:_-]{{0,60}})=([\"']){text}\2", answer):
        yield f"{found[1]}={found[2]}([^{found[2]}]+){found[2]}"
    for found in _first(rf"([A-Za-z_$][A-Za-z0-9_$.]{{0,60}})(\s*[:=]\s*)([\"'`]){text}\3", answer):
        yield rf"\b{_literal(found[1].lstrip('$'))}\s*[:=]\s*{found[3]}([^{found[3]}]+){found[3]}"
    for found in _first(rf"([\"'])([^\"'<>\s]{{1,80}}?[/=]){text}(?![A-Za-z0-9_-])", answer):
        yield f"{found[1]}{_literal(found[2])}([^\"'/?&<>\\s]+)"


def _literal(text: str) -> str:
    """The text as a pattern, with no more backslashes than it needs."""
    return re.sub(r"([.^$*+?{}\[\]\\|()])", r"\\\1", text)


def _first(pattern: str, answer: str) -> list[re.Match[str]]:
    return [m for m, _ in zip(re.finditer(pattern, answer), range(_MAX_CONTEXTS), strict=False)]


def _last_word(name: str) -> str:
    """``id`` of ``cart_id``, ``cartId``, ``cart[id]`` and ``data-id``."""
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
    return words[-1].lower() if words else ""
