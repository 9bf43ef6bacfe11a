"""A generator alone, run as ``python -m tests.engine.alone FOLDER``: at its end Locust's own figures as JSON."""

from __future__ import annotations

import sys
from pathlib import Path

from spikekit.engine import generator
from spikekit.engine.plan import Plan

if __name__ == "__main__":
    import json

    folder = Path(sys.argv[1])
    plan = Plan.read(folder / generator.PLAN_FILE)
    stats = generator.alone(plan, folder / generator.SECONDS_FILE).stats
    rows = {
        entry.name: {
            "method": entry.method,
            "requests": entry.num_requests,
            "failures": entry.num_failures,
            "average": entry.avg_response_time,
            "most": entry.max_response_time,
            "by_second": sum(entry.num_reqs_per_sec.values()),
            "percentiles": {q: entry.get_response_time_percentile(q) for q in (0.5, 0.9, 0.95, 0.99)},
            "recent": entry.use_response_times_cache and len(entry.response_times_cache or ()),
        }
        for entry in (*stats.entries.values(), stats.total)
    }
    errors = {f"{e.method} {e.name} {e.error}": e.occurrences for e in stats.errors.values()}
    print(json.dumps({"rows": rows, "errors": errors}))
