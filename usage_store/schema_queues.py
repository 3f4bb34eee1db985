"""Tables of Batch queues: what clusters run, and ran."""
