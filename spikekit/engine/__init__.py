"""A profile → measurements, on Locust: the heart. The only package that imports Locust, in a process of its own.

``plan`` is what is asked; ``run`` (in the user's process) starts the generator, renews its lease and reads what it
measures; ``generator`` (the child) turns the plan into visitors.
"""
