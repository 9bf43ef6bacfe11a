"""A search for capacity: its trials, the bounds they leave, what it cost."""
