"""What is coming: a forecast, how sure it is and why, and the load profile made of it."""
