"""Fits the kernels that the product carries to a directory of cascades, and writes their table.

    python -m benchmarks.fit_kernels DIRECTORY > spikekit/forecast/kernels.py

Derived figures alone: no retweet's time, no account's name.
"""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

import numpy as np

from benchmarks.cascades import WEEK, Cascade, clusters, log_shares, read_cascades
from spikekit.forecast.fitting import Waves, fit_waves

BINS = 600
"""Of equal length in log time; finer than any wave."""

HEADER = '''"""Kernels of posts: three lognormal waves fitted to each of {n} retweet cascades of {accounts} accounts.

Made by ``python -m benchmarks.fit_kernels DIRECTORY``; do not edit. From the retweet cascades of TiDeH (Kobayashi &
Lambiotte, ICWSM 2016; 2011 Twitter, each at least 2,000 retweets in seven days), accounts with 100,000 followers and
more. Figures derived from data under this licence:

{licence}
"""

from __future__ import annotations
'''

LICENCE = """MIT License. Copyright (c) 2018 NII-Kobayashi

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions: The above copyright notice and
this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE."""


def fitted(cascade: Cascade) -> Waves:
    """The kernel of one cascade, from counts in bins of log time."""
    edges = np.concatenate(([0.0], np.geomspace(2.0, WEEK, BINS)))
    counts = np.histogram(cascade.seconds, edges)[0].astype(np.float64)
    middles = np.sqrt(np.maximum(edges[:-1], 1.0) * edges[1:])
    return fit_waves(middles[counts > 0], counts[counts > 0], until=WEEK)


def table(cascades: list[Cascade]) -> str:
    """The module's text."""
    accounts = clusters(np.array([c.followers for c in cascades]))
    lines = [HEADER.format(n=len(cascades), accounts=len(set(accounts.tolist())), licence=LICENCE)]
    lines += _tuple("ACCOUNTS", "int", [str(a) for a in accounts], "Posts with one number may be one account's.")
    kernels = [
        _row(k.weights, ".4f") + ", " + _row(k.medians, ".4g") + ", " + _row(k.sigmas, ".3f")
        for k in map(fitted, cascades)
    ]
    about = "A post a row: weights, medians (seconds) and sigmas of its three waves."
    lines += _tuple("KERNELS", "tuple[float, ...]", [f"({k})" for k in kernels], about)
    days = [str(len(c.day)) for c in cascades]
    lines += _tuple("RESPONSES_24H", "int", days, "How many responded within 24 hours, post by post.")
    shares = [f"({_row(log_shares(c.day), '.4f')})" for c in cascades]
    about = (
        "Logs of five shares of each post's first 24 hours, as they were: the busiest minute and five minutes,\n"
        "the first 15 minutes, hour and six hours. Forecasts are scored on them."
    )
    lines += _tuple("LOG_SHARES", "tuple[float, ...]", shares, about)
    return "\n".join(lines) + "\n"


def _row(values: np.ndarray, form: str) -> str:
    return ", ".join(str(float(format(v, form))) for v in values)


def _tuple(name: str, kind: str, items: list[str], about: str) -> list[str]:
    lines = [f"    {item}," for item in items]
    if kind == "int":
        lines = textwrap.wrap(", ".join(items) + ",", 100, initial_indent="    ", subsequent_indent="    ")
    return ["# fmt: off", f"{name}: tuple[{kind}, ...] = (", *lines, ")", "# fmt: on", f'"""{about}"""', ""]


def main() -> None:
    """Read, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    print(table(read_cascades(parser.parse_args().directory)).rstrip())


if __name__ == "__main__":
    main()
