"""The OpenAPI document, /api/openapi.json: what holds for every path is said here, once."""

from collections.abc import Iterator
from typing import Any

from apiflask import APIFlask

from overview.api.schemas import ErrorAnswer

OPENAPI_VERSION = "3.1.0"
_METHODS = ("get", "put", "post", "delete", "patch")

# What any path may answer besides its own.
_REFUSALS = {
    "401": "No password or token, or a wrong one.",
    "403": "The token has another scope.",
    "422": "A parameter is wrong.",
    "429": "Too many wrong passwords: the header Retry-After says when to try again.",
    "503": "The store does not answer, or is busy for too long.",
}
_NOT_MODIFIED = "Nothing changed since the answer whose ETag the header If-None-Match named."


def describe_api(app: APIFlask) -> None:
    app.config["OPENAPI_VERSION"] = OPENAPI_VERSION
    app.config["INFO"] = {
        "description": "What the users of a facility hold and run, and how the machinery that measures it "
        "does. Amounts called GB are GiB, as the quota tools report them. Times are UTC. Lists come by the "
        "page: the header X-Total-Count says how many rows there are, Link where the next ones are."
    }
    app.config["HTTP_ERROR_SCHEMA"] = ErrorAnswer
    app.config["VALIDATION_ERROR_SCHEMA"] = ErrorAnswer
    app.config["AUTO_404_RESPONSE"] = False
    app.config["AUTO_SERVERS"] = False
    app.config["SECURITY_SCHEMES"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "`usermon-overview token NAME`"},
        "password": {"type": "http", "scheme": "basic", "description": "account admin, the admin password"},
    }
    app.spec_processor(_complete)


def operations_of(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method in lower case, and operation."""
    for path, item in document["paths"].items():
        yield from ((path, method, item[method]) for method in _METHODS if method in item)


def _complete(document: dict[str, Any] | str) -> dict[str, Any] | str:
    if isinstance(document, dict):
        document["security"] = [{"token": []}, {"password": []}]
        for path, method, operation in operations_of(document):
            operation["operationId"] = _operation_id(method, path)
            _tell_refusals(operation)
            if method == "get":
                # What agents ask is made anew each time, and a stream has no end.
                if not path.startswith(("/api/ingest/", "/api/events")):
                    operation["responses"]["304"] = {"description": _NOT_MODIFIED}
                _tell_csv(operation)
            operation["responses"] = dict(sorted(operation["responses"].items()))
    return document


def _operation_id(method: str, path: str) -> str:
    words = path.removeprefix("/api/").replace("{", "").replace("}", "").split("/")
    return "_".join((method, *words))


def _tell_refusals(operation: dict[str, Any]) -> None:
    for status, description in _REFUSALS.items():
        answer = operation["responses"].setdefault(status, {"description": description})
        answer["content"] = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}}


def _tell_csv(operation: dict[str, Any]) -> None:
    if any(parameter.get("name") == "format" for parameter in operation.get("parameters", [])):
        operation["responses"]["200"]["content"]["text/csv"] = {"schema": {"type": "string"}}
