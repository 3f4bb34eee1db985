"""Containers on one Docker engine. Only here the SDK is known; it takes a quarter of a second to load."""
