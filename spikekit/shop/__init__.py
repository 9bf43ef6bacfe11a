"""A sample bookshop: a real HTTP server of known capacity, in a process of its own.

The demo rehearses against it, and the tests know from it what a server really saw. It stands beside the river:
nothing here imports the rest of spikekit.
"""
