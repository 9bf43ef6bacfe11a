"""Numbers for Prometheus: of the run in progress, of every campaign and of what is live. It reads, and decides nothing.

Nothing upstream imports this; commands feed it. ``names`` has every metric and label there is.
"""
