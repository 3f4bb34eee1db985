"""Tables of I/O logs: who read how much, where, in which sizes."""
