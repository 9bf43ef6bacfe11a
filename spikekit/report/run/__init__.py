"""One run: what it showed, in 80 columns or as a page, and what Locust's operator takes to make it."""
