"""Users above the reference values that the dashboards draw as lines."""

from collections.abc import Iterator

from alerts.trouble import WARNING, Trouble
from alerts.words import amount_held, amount_of_files, path_of
from usage_store.engine import StoreConnection
from usage_store.watched_storage import over_amounts
from usermon.alert_rules import ReferenceRule


def reference_troubles(connection: StoreConnection, rule: ReferenceRule, _now: int) -> Iterator[Trouble]:
    for user, volume, used_bytes, files in over_amounts(connection, rule.bytes, rule.files):
        if not (rule.covers(user) and rule.covers_volume(volume)):
            continue
        above = []
        if rule.bytes is not None and used_bytes > rule.bytes:
            above.append(f"{amount_held(used_bytes)}, above the reference of {amount_held(rule.bytes)}")
        if rule.files is not None and files > rule.files:
            above.append(f"{amount_of_files(files)}, above the reference of {amount_of_files(rule.files)}")
        yield Trouble(
            kind="reference",
            area="/storage",
            subject=user,
            part=volume,
            severity=rule.severity or WARNING,
            since=None,
            words=f"{user} has {' and '.join(above)} on {volume}",
            remedy="Ask the user what can go; [reference] in usermon.toml sets the values.",
            link=path_of("users", user),
            rule=rule.name,
        )
