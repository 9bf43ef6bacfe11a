"""Problems of files as GitLab's code quality report: shown beside their lines in a merge request."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable
from hashlib import sha256

from spikekit.errors import Problem


def code_quality(problems: Iterable[Problem]) -> str:
    """A JSON list. A problem keeps its fingerprint while its line moves, so that GitLab knows it again."""
    return json.dumps([_entry(p) for p in problems], indent=1)


def _entry(problem: Problem) -> dict[str, object]:
    path = posixpath.normpath(problem.file)
    mark = sha256("\0".join((path, problem.path, problem.message)).encode("utf-8", "replace")).hexdigest()
    return {
        "description": f"{problem.path}: {problem.message}" if problem.path else problem.message,
        "check_name": "spikekit-check",
        "fingerprint": mark,
        "severity": "major",
        "location": {"path": path, "lines": {"begin": problem.line}},
    }
