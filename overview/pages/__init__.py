"""What people open: pages, and the data feeds that only these pages read."""
