"""A small facility to try Usermon on. Everything in it is invented."""
