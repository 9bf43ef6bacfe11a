"""A project's numbers, kept up to date for whoever scrapes: files and runs in, ``metrics`` out."""
