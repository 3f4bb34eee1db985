"""Parts of a page that the server draws, first in the page and later each that changed: parts.js puts it in.

For pages that are text more than plots: one template says how a part looks, and a page is whole without
scripts.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import render_template
from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Part:
    """`key` says which part it is, `mark` changes with how it looks."""

    key: str
    mark: str
    html: str

    def __html__(self) -> str:
        wrapper = '<div class="part" data-part="{}" data-mark="{}">{}</div>'
        return Markup(wrapper).format(self.key, self.mark, Markup(self.html))  # noqa: S704 - our template's


def part(key: str, template: str, **context: Any) -> Part:
    html = render_template(template, **context)
    return Part(key, hashlib.sha256(html.encode()).hexdigest()[:12], html)


def as_feed(parts: Iterable[Part]) -> dict[str, Any]:
    """What parts.js asks for: all parts in their order."""
    return {"parts": [[part.key, part.mark, part.html] for part in parts]}
