"""/api/docs: the OpenAPI document as a page of our own, since the usual viewers load from foreign servers."""

from typing import Any

from apiflask import APIFlask
from flask import Blueprint, render_template


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
            items_of=items_of,
            answer_of=_answer_of,
            type_of=_type_of,
        )

    return pages


def _answer_of(operation: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return schema


def _type_of(schema: dict[str, Any]) -> str:
    kinds = schema.get("type", "object")
    return kinds if isinstance(kinds, str) else " or ".join(kinds)
