"""Commands of usermon-overview, a file for each group."""
