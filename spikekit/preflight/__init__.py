"""Looks before any load: may we, can the target be found, and is this machine strong enough?"""
