"""/api/docs: the OpenAPI document as a page of our own, since the usual viewers load from foreign servers."""

from typing import Any

from apiflask import APIFlask
from flask import Blueprint, render_template

from overview.api.document import operations_of


def api_docs_pages(app: APIFlask) -> Blueprint:
    pages = Blueprint("api_docs", __name__)

    @pages.get("/api/docs")
    def page() -> str:
        document: dict[str, Any] = app.spec  # type: ignore[assignment]
        schemas = document["components"]["schemas"]

        def items_of(schema: dict[str, Any]) -> dict[str, Any] | None:
            """What a schema has inside: itself, each of a list, each value of a mapping; or None."""
            inner = schema.get("items") or schema.get("additionalProperties") or schema
            if isinstance(inner, dict) and "$ref" in inner:
                inner = schemas[inner["$ref"].rpartition("/")[2]]
            return inner if isinstance(inner, dict) and "properties" in inner else None

        return render_template(
            "overview/api_docs.html",
            document=document,
            operations=operations_of(document),
            items_of=items_of,
            answer_of=_answer_of,
            body_of=_body_of,
            type_of=_type_of,
        )

    return pages


def _answer_of(operation: dict[str, Any]) -> dict[str, Any]:
    """The schema of what is answered when all went well; empty where there is none to tell."""
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            schema: dict[str, Any] = answer.get("content", {}).get("application/json", {}).get("schema", {})
            return schema
    return {}


def _body_of(operation: dict[str, Any]) -> dict[str, Any]:
    """The schema of what is sent; empty where nothing is."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema: dict[str, Any] = content.get("schema", {})
        return schema
    return {}


def _type_of(schema: dict[str, Any]) -> str:
    kinds = schema.get("type", "object")
    return kinds if isinstance(kinds, str) else " or ".join(kinds)
