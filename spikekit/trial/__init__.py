"""One run from end to end: asked for, permitted, sent, judged, remembered."""
