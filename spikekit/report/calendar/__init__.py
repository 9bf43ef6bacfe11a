"""All campaigns together: peaks, collisions and weeks."""
