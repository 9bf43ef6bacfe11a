"""Looks before any load: may we, what does each visitor cost the target, is this machine strong enough?"""
