"""Trials at chosen rates → the highest stationary rate a site holds, as an interval, and how it fails. Pure."""
