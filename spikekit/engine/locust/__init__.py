"""Locust classes as journeys, journeys as files for plain Locust, and statistics that agree with ours."""
