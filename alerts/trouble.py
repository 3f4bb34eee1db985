"""What is wrong, one thing at a time."""

from dataclasses import dataclass

WARNING, SERIOUS = "warning", "serious"
# The kind of a rule that could not be asked.
RULE = "rule"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong now, found by a rule.

    `subject` is what it is about (a user, volume, host, hub, cluster, source), `part` which of its parts (a
    volume, a node); `since` is epoch seconds, None where nothing says it. `words` is one sentence that stands
    while nothing changes: times and ages are not in it.
    """

    kind: str  # quota, growth, reference, volume, backup, host, cluster, dashboard, source, rule
    area: str  # the page it is a matter of: "/hosts"
    subject: str
    severity: str  # WARNING or SERIOUS
    since: int | None
    words: str
    remedy: str
    link: str  # the page of the subject: "/hosts/node-1"
    part: str = ""
    rule: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same trouble the next time."""
        return (self.rule, self.kind, self.subject, self.part)
