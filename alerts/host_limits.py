"""When pages call a host silent: when the rule of alerts that watches it does, so that both say the same."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from alerts.trouble import WARNING
from alerts.words import period
from usage_store.host_status import LIMITS, HostLimits, Severity
from usermon.alert_rules import HostRule, Rule

LimitsOf = Callable[[str], HostLimits]


def host_limits(rules: Sequence[Rule]) -> LimitsOf:
    """By the name of a host: of several rules that watch it, the first to call it silent. Whom no rule
    watches, nobody need be told of: its silence is a warning, no more."""
    watching = rules_of_hosts(rules)

    @cache
    def limits(after: int, until: int, is_serious: bool) -> HostLimits:
        silence: Severity = "serious" if is_serious else "warning"
        return replace(LIMITS, silent_after_seconds=after, gone_after_seconds=until, silence=silence)

    everywhere = all(not rule.only and not rule.but for rule in watching)

    @cache  # asked more than once of each of thousands of hosts, each second
    def limits_of(host: str) -> HostLimits:
        found = watching if everywhere else [rule for rule in watching if rule.covers(host)]
        if not found:
            return limits(LIMITS.silent_after_seconds, LIMITS.gone_after_seconds, False)
        first = min(found, key=lambda rule: rule.after_seconds)
        until = max(rule.until_seconds for rule in found)
        return limits(first.after_seconds, until, first.severity != WARNING)

    return limits_of


def rules_of_hosts(rules: Sequence[Rule]) -> tuple[HostRule, ...]:
    return tuple(rule for rule in rules if isinstance(rule, HostRule))


def silence_in_words(rules: Sequence[Rule]) -> list[str]:
    """A sentence of each rule, and one of the hosts that none watches."""
    watching = rules_of_hosts(rules)
    words = [_rule_in_words(rule) for rule in watching]
    if not any(not rule.only and not rule.but for rule in watching):
        others = "Hosts that no rule watches:" if watching else "No rule of alerts watches hosts: each"
        words.append(f"{others} {period(LIMITS.silent_after_seconds)}, as a warning, and nobody is told.")
    return words


def _rule_in_words(rule: HostRule) -> str:
    which = f"Hosts named {' or '.join(rule.only)}" if rule.only else "All hosts"
    but = f" but {' and '.join(rule.but)}" if rule.but else ""
    told = f", told of {period(rule.for_seconds)} later" if rule.for_seconds else ""
    return f"{which}{but}: {period(rule.after_seconds)}{told}; given up after {period(rule.until_seconds)}."
