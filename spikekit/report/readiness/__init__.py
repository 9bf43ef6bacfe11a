"""Whether a campaign holds: the answer, what would change it, and that in the words of scaling tools."""
