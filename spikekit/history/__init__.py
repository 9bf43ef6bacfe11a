"""Run folders, written atomically, are the truth about past runs; the index beside them can be rebuilt any time."""
