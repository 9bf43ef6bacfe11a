"""What a run measures, one line a second: the stream between ``engine`` (which writes) and ``verdict`` (which reads).

Nothing here imports Locust or gevent.
"""
