"""The tab Jobs: what of this user's runs and waits on all clusters, and what ended."""
