"""A chosen curve → rate(t) and its exact integral, scaled to a target. Pure."""
