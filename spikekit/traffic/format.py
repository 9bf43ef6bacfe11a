"""Lines of access logs → rows of fields, by a pattern in nginx's own ``log_format`` syntax or one of the named formats.

A whole block of lines is read by one compiled expression; ``unread`` says why lines were no rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter

from spikekit.errors import UsageError
from spikekit.files.echo import escaped, quoted, suggestion
from spikekit.traffic import instant, json_lines
from spikekit.traffic.row import FIELDS, Row

SAMPLE_BYTES = 65_536
"""How much of a log is looked at to tell its format."""
SHOWN_BYTES = 200
"""Of a line that nobody understands."""

JSON, PATTERN = "json", "pattern"

_COMMON = '$remote_addr $ident $remote_user [$time_local] "$request" $status $body_bytes_sent'
_COMBINED = f'{_COMMON} "$http_referer" "$http_user_agent"'
PATTERNS = {
    "vhost_combined": f"$host {_COMBINED}",
    "combined": _COMBINED,
    "vhost_common": f"$host {_COMMON}",
    "common": _COMMON,
}
"""Named formats, most telling first. What follows a format's last field on a line is passed over."""

_ESCAPED = r'[^"\\\n]*+(?:\\.[^"\\\n]*+)*+'
_PATH = r'(?P<path>[^"? \\\n]*+(?:\\.[^"? \\\n]*+)*+)'
_QUERY = r'(?P<query>[^" \\\n]*+(?:\\.[^" \\\n]*+)*+)'
# As clients sent it: GET /path?query HTTP/1.1, or anything else; then the method is whatever comes first.
_REQUEST = rf'(?P<method>[^" \\\n]*+) ?{_PATH}\??{_QUERY}{_ESCAPED}'
_SECONDS = r"-?[\d.]*+(?:(?:, | : )-?[\d.]*+)*+"
_WORD = r'[^" \n]++'

_VARIABLES = {
    "remote_addr": rf"(?P<address>{_WORD})",
    "http_x_forwarded_for": r'(?P<address>[^", \n]*+)[^"\n]*?',
    "time_local": r'(?P<time>[^\]"\n]*+)',
    "time_iso8601": r"(?P<time>[\d:TZ+-]++)",
    "msec": r"(?P<time>[\d.]++)",
    "request": _REQUEST,
    "request_method": rf"(?P<method>{_WORD})",
    "request_uri": rf"{_PATH}\??{_QUERY}",
    "uri": _PATH,
    "args": _QUERY,
    "status": r"(?P<status>\d{3})",
    "http_referer": rf"(?P<referrer>{_ESCAPED})",
    "http_user_agent": rf"(?P<agent>{_ESCAPED})",
    "request_time": rf"(?P<took>{_SECONDS})",
    "upstream_response_time": _SECONDS,
    "upstream_connect_time": _SECONDS,
    "upstream_header_time": _SECONDS,
    "body_bytes_sent": r"(?:\d++|-)",
    "bytes_sent": r"(?:\d++|-)",
    "remote_user": r'[^"\n]*?',
    "ident": _WORD,
}
"""What a variable looks like on a line. Any other is text up to what follows it in the pattern."""

_CLOCKS = {"time_local": instant.local, "time_iso8601": instant.iso, "msec": instant.epoch}
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_GROUP = re.compile(r"\(\?P<(\w+)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFormat:
    """How a log's lines are read.

    ``rows`` gives the rows of a block (bytes of whole lines), ``is_row`` whether one line is such, and ``clock``
    turns a row's time into whole seconds since 1970, or into ``None`` where it is no time.
    """

    name: str
    clock: Callable[[bytes], int | None]
    rows: Callable[[bytes], Iterable[Row]]
    is_row: Callable[[bytes], bool]

    def unread(self, block: bytes) -> Counter[str]:
        """How many lines of the block are no rows, by reason."""
        return Counter(_reason(line) for line in block.split(b"\n")[:-1] if not self.is_row(line))


def line_format(text: str) -> LineFormat:
    """The format of a name (``combined``, ``json`` …) or of a pattern such as ``'$remote_addr [$time_local] …'``.

    Raises ``UsageError`` for a name that is none, and for a pattern that lacks the address, the time, the request or
    the status.
    """
    if text == JSON:
        return LineFormat(name=JSON, clock=instant.any_of, rows=json_lines.rows, is_row=json_lines.is_row)
    if text in PATTERNS:
        return _compiled(text, PATTERNS[text])
    if "$" not in text:
        names = (*PATTERNS, JSON)
        raise UsageError(
            f"{quoted(text)} is not a log format{suggestion(text, names)}",
            hint=f"one of {', '.join(names)}, or the text of nginx's log_format in quotes",
        )
    return _compiled(PATTERN, text)


def detected(sample: bytes) -> LineFormat | None:
    """The format that the most of the sample's lines have, at least half; of equals the one that says most."""
    lines = [line for line in sample.split(b"\n") if line.strip()]
    formats = [line_format(name) for name in (JSON, *PATTERNS)]
    found = max(formats, key=lambda f: sum(map(f.is_row, lines)))
    return found if lines and 2 * sum(map(found.is_row, lines)) >= len(lines) else None


def unknown_format(sample: bytes, given: LineFormat | None = None) -> UsageError:
    """What to say of lines that have none of the formats with names, or not the one that was ``given``."""
    line = next(filter(None, map(bytes.strip, sample.split(b"\n"))), b"")
    if not line:
        return UsageError("the log is empty", hint="was it just rotated? then the lines are in the log beside it")
    first = f'the first is "{"".join(map(escaped, line[:SHOWN_BYTES].decode("utf-8", "replace")))}"'
    if given is None:
        hint = "say how they look with --log-format 'the text of log_format in nginx.conf'"
        return UsageError(f"the log's lines have no known format; {first}", hint=hint)
    found = detected(sample)
    fits = f"they look like {found.name}: leave --log-format out" if found and found.name != given.name else None
    return UsageError(
        f"no line of the log is as {'--log-format says' if given.name == PATTERN else given.name}; {first}",
        hint=fits or "every space and quote of --log-format counts, and the time must be the one it names",
    )


def _compiled(name: str, pattern: str) -> LineFormat:
    text, clock = _expression(pattern)
    expression = re.compile(text.encode(), re.MULTILINE)
    order = tuple(expression.groupindex[field] - 1 for field in FIELDS)
    reader: Callable[[bytes], Iterable[Row]] = expression.findall
    if order != tuple(range(len(FIELDS))):
        arrange = itemgetter(*order)

        def reader(block: bytes) -> Iterable[Row]:
            return map(arrange, expression.findall(block))

    return LineFormat(name=name, clock=clock, rows=reader, is_row=lambda line: expression.match(line) is not None)


def _expression(pattern: str) -> tuple[str, Callable[[bytes], int | None]]:
    """A regular expression in which each of ``FIELDS`` is a group, an empty one where the pattern has none."""
    taken: set[str] = set()
    # Addresses that clients may write themselves serve only where there is no other.
    if "$remote_addr" in pattern or "${remote_addr}" in pattern:
        taken.add("forwarded")
    parts, place, clock = ["^"], 0, None
    for variable in _VARIABLE.finditer(pattern):
        name = variable[1] or variable[2]
        parts.append(re.escape(pattern[place : variable.start()]))
        place = variable.end()
        if name == "http_x_forwarded_for" and "forwarded" in taken:
            parts.append(r'[^"\n]*?')
            continue
        clock = clock or _CLOCKS.get(name)
        parts.append(_once(_VARIABLES.get(name) or _passed_over(pattern[place : place + 1]), taken))
    missing = {"address": "$remote_addr", "time": "$time_local", "path": "$request", "status": "$status"}
    lacks = [variable for field, variable in missing.items() if field not in taken]
    if lacks or clock is None:
        raise UsageError(
            f"the log format has no {', '.join(lacks)}", hint="spikekit needs who, when, what and how it went"
        )
    rest = re.escape(pattern[place:]) + "".join(f"(?P<{field}>)" for field in FIELDS if field not in taken)
    return "".join(parts) + rest + r"[^\n]*+", clock


def _once(text: str, taken: set[str]) -> str:
    """The expression with names for those groups only that have not been taken before."""

    def group(found: re.Match[str]) -> str:
        if found[1] in taken:
            return "(?:"
        taken.add(found[1])
        return found[0]

    return _GROUP.sub(group, text)


def _passed_over(following: str) -> str:
    """A value that is not needed: up to what follows it."""
    if following == '"':
        return _ESCAPED
    return rf"[^{re.escape(following)}\n]*+" if following else r"[^\n]*+"


def _reason(line: bytes) -> str:
    if not line.strip():
        return "empty"
    if b"\0" in line:
        return "binary"
    return "not a log line"
