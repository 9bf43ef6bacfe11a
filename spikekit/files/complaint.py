"""YAML's own syntax errors in words that say what to change."""

from __future__ import annotations

from yaml import MarkedYAMLError, YAMLError

from spikekit.files.echo import quoted

INDENTATION = "the indentation of this line fits none of the lines above it"


def complaint(error: YAMLError, text: str) -> tuple[int, int, str]:
    """Line and column (from 1) of a syntax error in ``text``, and what to do about it."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return 1, 1, "this is not YAML"
    problem, context = error.problem or "", error.context or ""
    mark, opened = error.problem_mark, error.context_mark
    lines = text.split("\n")
    line = lines[mark.line] if mark.line < len(lines) else ""
    here = (mark.line + 1, mark.column + 1)
    if "cannot start any token" in problem:
        return (*here, _bad_start(line, mark.column))
    if "mapping values are not allowed" in problem:
        return (*here, "a colon where no key can be: " + _second_colon(line, mark.column))
    if "quoted scalar" in context and "end of stream" in problem and opened is not None:
        return opened.line + 1, opened.column + 1, "the quote that opens here is never closed"
    if "escape" in problem or "escape sequence" in problem:
        return (*here, "an unknown \\ escape in double quotes; single quotes ('…') take every \\ as it is")
    if "flow" in context and opened is not None:
        bracket = "]" if "sequence" in context else "}"
        return (*here, f"expected a comma or {bracket} for the bracket that opens at line {opened.line + 1}")
    if "expected ':'" in problem:
        return (*here, "expected a colon and a space after the key")
    if "block" in context:
        return (*here, INDENTATION)
    return (*here, f"not YAML: {problem or context}")


def _bad_start(line: str, column: int) -> str:
    character = line[column : column + 1]
    if character == "\t" or "\t" in line[: len(line) - len(line.lstrip())]:
        return "a tab indents this line; YAML wants spaces"
    return f"a value cannot begin with {quoted(character)}; put it in quotes"


def _second_colon(line: str, column: int) -> str:
    if ":" in line[:column]:
        return "text that holds a colon and a space needs quotes"
    return "is this line indented like its neighbours?"
