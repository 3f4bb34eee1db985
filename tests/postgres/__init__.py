"""A real PostgreSQL in a container of the tests' own."""
