"""Drawing, whatever is drawn: axes, points, columns of a terminal, shapes of a page."""
