"""`python -m benchmarks` measures the design's budgets on this machine and prints one table of figures."""
