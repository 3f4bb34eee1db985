"""From what a facility measures to the store, and from the store to each user's published file."""
