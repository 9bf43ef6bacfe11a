"""Measurements → objectives held, missed, or not knowable. Pure."""
