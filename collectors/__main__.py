"""`python -m collectors` is `usermon-collect`."""

from collectors.cli import main

main()
