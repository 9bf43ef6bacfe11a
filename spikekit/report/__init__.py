"""What a run showed, in words and pictures: a summary for the terminal, one self-contained page for everyone."""
