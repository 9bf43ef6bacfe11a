"""A look at Locust classes before a run, in a process of its own: can they be loaded, and where would they go?

Run as ``python -m spikekit.engine.locust.check FILE:CLASS…``; answers with one line of JSON for each, ``{"host": …}``
(``null``: wherever the run goes) or ``{"error": "why it is no journey"}``. What the files print goes to standard error.
"""

from __future__ import annotations

import contextlib
import json
import sys

from spikekit.engine.locust.journey import NotAJourney, loaded


def looked_at(spec: str) -> dict[str, str | None]:
    """What there is to know of one class."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return {"host": loaded(spec).host}
    except NotAJourney as why:
        return {"error": str(why)}


def main() -> None:
    """The process's entry."""
    answers = [looked_at(spec) for spec in sys.argv[1:]]
    sys.stdout.write("".join(json.dumps(answer) + "\n" for answer in answers))


if __name__ == "__main__":
    main()
