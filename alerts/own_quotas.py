"""Users hear of each of their quotas once when it begins and once when it ends, whatever rules find it."""

from collections.abc import Collection, Sequence

from alerts.telling import BEGAN, ENDED, USER, Event, Target, target_of
from usage_store.alert_messages import MERGED, NewMessage, told_of
from usage_store.alerts import open_alerts
from usage_store.engine import StoreConnection

_Told = tuple[Target, Event]
_Quota = tuple[Target, str, str]


def once_for_each_quota(
    connection: StoreConnection, told: Sequence[_Told], begun: Collection[int]
) -> tuple[list[_Told], list[NewMessage]]:
    """Of what is `told` in a round without what users know, or will be told when all of it is over; and for
    the outbox the beginnings of which an earlier message told them. `begun` are the alerts of this round."""
    own = [one for one in told if one[0].channel == USER]
    if not own:
        return list(told), []
    quotas = {(event.alert.subject, event.alert.part) for _, event in own}
    standing = {
        alert.id: alert
        for alert in open_alerts(connection)
        if alert.began_at is not None and (alert.subject, alert.part) in quotas
    }
    about = {**standing, **{event.alert.id: event.alert for _, event in own}}
    known: dict[_Quota, int] = {}
    goes_on = {_quota(target, event) for target, event in own if event.name == BEGAN}
    for message in told_of(connection, set(about) - set(begun)):
        if message.channel == USER and message.alert_id is not None:
            quota = _quota(target_of(message), Event(BEGAN, about[message.alert_id]))
            known.setdefault(quota, message.digest_id or message.id)
            if message.alert_id in standing:
                goes_on.add(quota)
    left: list[_Told] = []
    joined: list[NewMessage] = []
    for target, event in told:
        quota = _quota(target, event)
        if target.channel == USER and event.name == BEGAN and quota in known:
            joined.append(
                NewMessage(event.alert.id, BEGAN, USER, target.address, MERGED, digest_id=known[quota])
            )
        elif target.channel != USER or event.name != ENDED or quota not in goes_on:
            left.append((target, event))
    return left, joined


def _quota(target: Target, event: Event) -> _Quota:
    return (target, event.alert.subject, event.alert.part)
