"""Who listens."""

import os
import socket

from orchestrator.port_holders import listening_ports, name_holders


def test_a_listening_port_is_found_and_its_holder_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert port in listening_ports()
        assert f"(pid {os.getpid()})" in name_holders([port])[port]
    assert port not in listening_ports()


def test_ipv6_listeners_count_too() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        assert server.getsockname()[1] in listening_ports()


def test_a_connection_that_is_not_listening_does_not_count() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getsockname()[1] not in listening_ports()
