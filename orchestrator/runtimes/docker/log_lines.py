"""What a container wrote, line by line."""

from collections.abc import Generator, Iterator

from docker.api import APIClient

from orchestrator.runtimes.docker.connection import errors_in_words


def lines(chunks: Iterator[bytes], doing: str, api: APIClient | None) -> Generator[str, None, None]:
    """`api` is a connection of these lines' own, closed with them."""
    rest = b""
    try:
        with errors_in_words(doing):
            for chunk in chunks:
                *whole, rest = (rest + chunk).split(b"\n")
                for line in whole:
                    yield line.decode(errors="replace").rstrip("\r")
        if rest:
            yield rest.decode(errors="replace")
    finally:
        if api is not None:
            api.close()
