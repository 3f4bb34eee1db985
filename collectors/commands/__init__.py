"""What usermon-collect does, by where records go. Loaded when a command runs: an agent loads no store."""
