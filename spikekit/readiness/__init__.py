"""Forecast × capacity → the chance of holding, what is lost otherwise, and what would change it. Pure."""
