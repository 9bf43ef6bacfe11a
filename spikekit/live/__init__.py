"""Seconds of a live log → who is coming, what nobody declared, what comes next, and whom to tell."""
