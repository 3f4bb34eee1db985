"""Waiting longer after each failure in a row."""

from dataclasses import dataclass


@dataclass
class Backoff:
    """`next_pause()` doubles from `first_seconds` up to `longest_seconds`; `reset()` after a success."""

    first_seconds: float = 2.0
    longest_seconds: float = 300.0
    failures: int = 0

    def next_pause(self) -> float:
        pause = min(self.first_seconds * 2.0 ** min(self.failures, 30), self.longest_seconds)
        self.failures += 1
        return pause

    def reset(self) -> None:
        self.failures = 0
