"""A site's own log: while it is followed, and once it has ended."""
