"""All hosts as they stand now, made once for every page that tells of them."""

import time

from alerts.host_limits import host_limits, rules_of_hosts
from overview.host_board import Board, board
from overview.rules import current_rules
from overview.snapshots import Snapshots
from usage_store.engine import StoreConnection
from usage_store.hosts_now import hosts_now

_MINUTE = 60


def host_board_now(snapshots: Snapshots) -> Board:
    """Anew with the minute too: silence grows without any sample."""
    rules = rules_of_hosts(current_rules())

    def read(connection: StoreConnection) -> Board:
        return board(hosts_now(connection), time.time(), host_limits(rules))

    return snapshots.content("hosts", ("hosts",), read, also=(int(time.time()) // _MINUTE, rules))
