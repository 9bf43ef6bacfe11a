"""The code of the dashboards and rules: ``make dashboards`` writes the files from it."""

import warnings

with warnings.catch_warnings():
    # Classic dashboards are what every Grafana reads; the SDK says so wherever it loads another kind of them.
    warnings.simplefilter("ignore", DeprecationWarning)
    from grafana_foundation_sdk.builders import dashboard, heatmap, stat, table, timeseries

__all__ = ["dashboard", "heatmap", "stat", "table", "timeseries"]
