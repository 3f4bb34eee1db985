"""The store: every table, query and migration of Usermon, and nobody else's SQL.

Functions take a connection (`store.reading()`, `store.writing()`) and return records, never rows.
"""
