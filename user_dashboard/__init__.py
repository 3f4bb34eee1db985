"""The dashboard of one user: what they hold on each volume, over time. Reads files, never a database."""
