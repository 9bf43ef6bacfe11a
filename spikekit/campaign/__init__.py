"""What marketing declares: the launch, the channels and whom they reach. First stretch of the river."""
