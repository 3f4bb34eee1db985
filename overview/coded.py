"""Remedies name commands between backticks, for terminals; pages show them as what they are."""

import re

from markupsafe import Markup, escape

_COMMAND = re.compile(r"`([^`]+)`")


def coded(text: str) -> Markup:
    """`text` escaped, with its commands as code."""
    return Markup(_COMMAND.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before
