"""The shared vocabulary of Usermon: records, errors, secrets, units, logging and file contracts.

Everything here runs on the standard library alone, because it is part of every user's container.
"""
