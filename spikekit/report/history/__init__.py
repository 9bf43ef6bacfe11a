"""What a project has kept: any run folder, the list of runs, capacity from search to search."""
