"""Tables of Backups: the tarballs of each hub on each node."""
