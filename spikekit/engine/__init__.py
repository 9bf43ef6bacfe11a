"""A profile → measurements, on Locust: the heart. The only package that imports Locust, in a process of its own.

``plan`` is what is asked; ``process`` (in the user's process) starts the generator, renews its lease and reads what it
measures; ``generator`` (the child) turns the plan into a ``crowd`` of visitors, alone or as ``master`` and ``worker``.
``visitor`` is one of that crowd, ``http`` how it speaks, ``locust`` what Locust's own classes and files need.
"""
