"""The tab I/O: how often this user read, when, in which sizes, on which machines."""
