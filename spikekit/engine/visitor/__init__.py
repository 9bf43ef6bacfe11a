"""One visitor: who comes, by which way through which pages, with how much patience."""
