"""What the three command lines share: how a command ends, and how it says what went wrong."""
