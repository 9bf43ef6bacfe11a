"""What a request sent, as ``form:`` or ``json:`` of a step; or why neither can say it."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote_plus

from spikekit.files.echo import is_control
from spikekit.files.value import MAX_LINE, MAX_TEXT
from spikekit.journey.recording import Exchange, Field, Sent
from spikekit.journey.slot import Request
from spikekit.site.steps import BODILESS, METHODS

MAX_FIELDS = 200
MAX_DEPTH = 14
"""Of nested JSON: what the site file's own levels leave of the twenty that are read."""

MAX_BODY = 20_000
"""Characters of JSON: beyond it a step is nothing a person would look after in a site file."""

MAX_KEY = 200
"""Characters of a key in JSON, far beyond any name."""

MAX_NAME = MAX_LINE // 3
MAX_VALUE = MAX_TEXT // 4
"""Characters of a form's names and values: what takes a secret's place may be longer than it was."""

_ENCODED = re.compile(r"[A-Za-z0-9*\-._+%]*%[0-9A-Fa-f]{2}[A-Za-z0-9*\-._+%]*\Z")
_PART_NAME = re.compile(r"content-disposition:[^\r\n]*?\bname=\"([^\"\r\n]*)\"", re.IGNORECASE)
_PART_FILE = re.compile(r"content-disposition:[^\r\n]*?\bfilename\*?=", re.IGNORECASE)
_BOUNDARY = re.compile(r"boundary=\"?([^\";,\s]+)", re.IGNORECASE)


class Unsendable(Exception):
    """A request that no step can send, with the reason as it follows a number of requests."""


def request_of(exchange: Exchange) -> Request:
    """The request taken apart. Raises ``Unsendable``."""
    if exchange.method.lower() not in METHODS:
        raise Unsendable(f"requests with the method {exchange.method}")
    if exchange.url.path.startswith("//"):
        raise Unsendable("requests whose path begins with //")
    form, body, notes = _body(exchange)
    pairs = [pair.partition("=") for pair in exchange.url.query.split("&") if pair]
    return Request(
        method=exchange.method.lower(),
        segments=tuple(exchange.url.path.split("/")),
        query=tuple((name, value if equals else None) for name, equals, value in pairs),
        form=form,
        json=body,
        notes=notes,
    )


def _body(exchange: Exchange) -> tuple[tuple[tuple[str, str], ...] | None, Any, tuple[str, ...]]:
    sent = exchange.sent
    if sent is None or exchange.method.lower() in BODILESS:
        return None, None, ()
    if sent.missing:
        raise Unsendable("requests whose body the browser did not record")
    kind = sent.mime.split(";")[0].strip().lower()
    if not sent.text.strip() and not sent.fields:
        return None, None, ()
    if kind == "multipart/form-data":
        fields = list(sent.fields) or _parts(sent)
        form, _, notes = _form(fields)
        return form, None, ("recorded as multipart/form-data; sent here as an ordinary form", *notes)
    if kind == "application/x-www-form-urlencoded":
        return _form(_pairs(sent))
    if "json" in kind or sent.text.lstrip()[:1] in ("{", "["):
        return None, _json(sent.text), ()
    raise Unsendable("requests whose body is neither a form nor JSON")


def _pairs(sent: Sent) -> list[Field]:
    text = sent.text
    if text.lower().startswith("content-type:") and "\r\n\r\n" in text:
        # Firefox puts the upload stream's own headers before some forms.
        text = text.split("\r\n\r\n", 1)[1]
    if not text:
        return [Field(name=_decoded(f.name), value=_decoded(f.value)) for f in sent.fields]
    pairs = (pair.partition("=") for pair in text.strip().split("&") if pair)
    return [Field(name=unquote_plus(name), value=unquote_plus(value)) for name, _, value in pairs]


def _decoded(text: str) -> str:
    """Listed fields are encoded in some browsers and not in others."""
    return unquote_plus(text) if _ENCODED.match(text) else text


def _parts(sent: Sent) -> list[Field]:
    boundary = _BOUNDARY.search(sent.mime)
    if boundary is None:
        raise Unsendable("requests whose body is neither a form nor JSON")
    fields = []
    for part in sent.text.split(f"--{boundary[1]}"):
        head, _, value = part.partition("\r\n\r\n")
        name = _PART_NAME.search(head)
        if name is not None:
            fields.append(
                Field(name=name[1], value=value.removesuffix("\r\n"), file=_PART_FILE.search(head) is not None)
            )
    return fields


def _form(fields: list[Field]) -> tuple[tuple[tuple[str, str], ...], None, tuple[str, ...]]:
    form: dict[str, str] = {}
    notes: dict[str, None] = {}
    for field in fields:
        text = field.value.replace("\r\n", "\n")
        if field.file:
            notes["an uploaded file is left out: a form here has text only"] = None
        elif not _is_name(field.name) or len(text) > MAX_VALUE or len(form) >= MAX_FIELDS:
            notes["some fields are left out: too many, too long or without a readable name"] = None
        elif field.name in form:
            notes["a field that was sent several times is sent once, with its first value"] = None
        else:
            form[field.name] = "".join(c for c in text if c in "\n\t" or not is_control(c))
    return tuple(form.items()), None, tuple(notes)


def _is_name(name: str) -> bool:
    return bool(name.strip()) and len(name) <= MAX_NAME and not any(is_control(c) for c in name)


def _json(text: str) -> Any:
    if len(text) > MAX_BODY:
        raise Unsendable(f"requests whose JSON is longer than {MAX_BODY:,} characters")
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_int=_whole)
    except (ValueError, RecursionError):
        raise Unsendable("requests whose body is neither a form nor JSON") from None
    if not isinstance(value, dict | list):
        raise Unsendable("requests whose JSON is a single value")
    if not _fits(value, MAX_DEPTH):
        raise Unsendable("requests whose JSON is nested too deeply, or has figures or keys beyond all measure")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= 30 else float(digits)


def _fits(value: Any, depth: int) -> bool:
    match value:
        case dict():
            return depth > 0 and all(len(k) <= MAX_KEY and _fits(v, depth - 1) for k, v in value.items())
        case list():
            return depth > 0 and all(_fits(v, depth - 1) for v in value)
        case float():
            return value - value == 0  # neither infinite nor no number
    return True
