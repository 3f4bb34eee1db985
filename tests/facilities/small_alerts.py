"""Alerts of the small facility: one that nobody has seen yet, one that somebody has, one that is over."""

from usage_store.alerts import Finding, acknowledge, add_alerts, note_ended, note_gone
from usage_store.engine import StoreConnection

_HOUR = 3600


def save_alerts(connection: StoreConnection, now: int) -> None:
    quota = _finding(
        *("quota", "/storage", "bob", "bob holds 1,130 GiB on local, 13 % over the soft limit"),
        *("/users/bob", now),
    )
    host = _finding("host", "/hosts", "calc-03", "calc-03 is silent", "/hosts/calc-03", now)
    backup = _finding(
        "backup", "/backups", "vault/south", "tracker/<b>scopes is 4 days old", "/backups/vault/south", now
    )
    add_alerts(connection, [quota], now - 5 * _HOUR, now - 5 * _HOUR)
    (seen,) = add_alerts(connection, [host], now - 2 * _HOUR, now - 2 * _HOUR)
    acknowledge(connection, seen, "kim", "its power supply is being changed", now - _HOUR)
    over = add_alerts(connection, [backup], now - 50 * _HOUR, now - 50 * _HOUR)
    note_gone(connection, over, now - 30 * _HOUR)
    note_ended(connection, over)


def _finding(kind: str, area: str, subject: str, words: str, link: str, now: int) -> Finding:
    remedy = "See its page, and ask those whom it concerns."
    return Finding(f"{kind}s", kind, area, subject, "", "warning", words, remedy, link, now - 5 * _HOUR)
