"""The whole river in under 90 seconds, on a sample shop that runs for as long as the demo does."""
