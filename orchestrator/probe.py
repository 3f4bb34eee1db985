"""Does a published port answer? One plain request, with nothing loaded that would slow down the start."""

import http.client


def answers(host: str, port: int, timeout_seconds: float = 2.0) -> bool:
    """Whether GET /healthz is answered with 200."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout_seconds)
    try:
        connection.request("GET", "/healthz", headers={"Connection": "close"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
