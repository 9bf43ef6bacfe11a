"""What came, held against what was forecast, and kept: so that the next forecast is calibrated."""
