"""What IT declares: targets, limits, objectives, journeys, normal traffic. Beside ``campaign`` at the source."""
