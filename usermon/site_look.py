"""`[site]` of usermon.toml: how a facility's pages look, the overview's and every dashboard's alike.

[site]
name = "Example Facility"          # beside the logo, in titles of pages and mails
logo = "logo.svg"                  # SVG or PNG, at most 64 KiB; relative to this file
accent = "#0b5a9d"                 # of buttons and links
links = [{ text = "Help", href = "https://help.example.org" }]     # below every page
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from usermon.contrast import is_colour
from usermon.errors import SettingsError

SITE_KEYS = ("name", "logo", "accent", "links")

LARGEST_LOGO_BYTES = 64 * 1024
_MOST_LINKS = 12
_LONGEST_NAME = 60
_LONGEST_ADDRESS = 500
_SCHEMES = ("https", "http", "mailto")
_LOGO_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}
_PNG_START = b"\x89PNG\r\n\x1a\n"
# Before it stand comments and declarations.
_SVG_WITHIN_BYTES = 8192


@dataclass(frozen=True, slots=True)
class SiteLink:
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class SiteLook:
    """What the file says; empty and None are Usermon's own look."""

    name: str = ""
    logo: Path | None = None
    accent: str | None = None
    links: tuple[SiteLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture as it is served: `media_type` is image/svg+xml or image/png."""

    content: bytes
    media_type: str


def read_site_look(table: Mapping[str, object], folder: Path, where: str) -> SiteLook:
    """`table` is [site], unknown keys refused already; `folder` is what the logo's path is relative to.

    Raises:
        SettingsError: names the key, the value and what was expected.
    """
    name = table.get("name", "")
    if not _is_text(name, _LONGEST_NAME, empty=True):
        raise _wrong(f"{where}.name", name, f"Write your facility's name, at most {_LONGEST_NAME} letters.")
    accent = table.get("accent")
    if accent is not None and not is_colour(accent):
        raise _wrong(f"{where}.accent", accent, 'Write a colour like "#0b5a9d".')
    return SiteLook(
        name=str(name).strip(),
        logo=_logo_path(table.get("logo"), folder, f"{where}.logo"),
        accent=None if accent is None else str(accent).lower(),
        links=_links(table.get("links", []), f"{where}.links"),
    )


def read_logo(path: Path) -> Logo:
    """The picture that [site] names.

    Raises:
        SettingsError: it cannot be read, is too large, or is not what its name says.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_LOGO_BYTES + 1)
    except OSError as error:
        raise SettingsError(
            "site.logo",
            f"site.logo: {path} cannot be read: {error.strerror}",
            "Put the picture there, readable for Usermon, or take the line out.",
        ) from error
    return check_logo(content, _LOGO_TYPES[path.suffix.lower()], str(path))


def check_logo(content: bytes, media_type: str, name: str) -> Logo:
    """Raises SettingsError."""
    if len(content) > LARGEST_LOGO_BYTES:
        raise SettingsError(
            "site.logo",
            f"site.logo: {name} is larger than {LARGEST_LOGO_BYTES // 1024} KiB",
            "Make it smaller: every user's dashboard gets a copy.",
        )
    if media_type not in _LOGO_TYPES.values():
        raise _wrong("site.logo", media_type, "Name an .svg or .png file.")
    is_svg = media_type == _LOGO_TYPES[".svg"]
    if not (b"<svg" in content[:_SVG_WITHIN_BYTES] if is_svg else content.startswith(_PNG_START)):
        raise SettingsError(
            "site.logo",
            f"site.logo: {name} is not {'an SVG' if is_svg else 'a PNG'} picture",
            "Name an .svg or .png file that is what its name says.",
        )
    return Logo(content, media_type)


def _logo_path(value: object, folder: Path, where: str) -> Path | None:
    if value is None:
        return None
    if not _is_text(value, _LONGEST_ADDRESS) or Path(str(value)).suffix.lower() not in _LOGO_TYPES:
        raise _wrong(where, value, 'Name an .svg or .png file: "logo.svg".')
    # Links stay, as with sources: a container in which this very path is mounted has them not.
    return Path(os.path.abspath(folder / str(value)))  # noqa: PTH100 - not resolve()


def _links(value: object, where: str) -> tuple[SiteLink, ...]:
    example = '[{ text = "Help", href = "https://help.example.org" }]'
    if not isinstance(value, list) or len(value) > _MOST_LINKS:
        raise _wrong(where, value, f"Write at most {_MOST_LINKS} links, like {example}.")
    return tuple(_link(entry, f"{where} {number}", example) for number, entry in enumerate(value, start=1))


def _link(entry: object, where: str, example: str) -> SiteLink:
    if (
        not isinstance(entry, dict)
        or set(entry) != {"text", "href"}
        or not _is_text(entry["text"], _LONGEST_NAME)
    ):
        raise _wrong(where, entry, f"Write it like {example}.")
    if not is_safe_address(entry["href"]):
        raise _wrong(f"{where}: href", entry["href"], "Begin it with https://, http:// or mailto:.")
    return SiteLink(entry["text"].strip(), entry["href"])


def is_safe_address(href: object) -> bool:
    """Whether a page may link there: javascript: and its like would run in the page's name."""
    if not _is_text(href, _LONGEST_ADDRESS) or any(sign.isspace() for sign in str(href)):
        return False
    try:
        parts = urlsplit(str(href))
    except ValueError:
        return False
    return parts.scheme in _SCHEMES and bool(parts.path if parts.scheme == "mailto" else parts.hostname)


def _is_text(value: object, longest: int, *, empty: bool = False) -> bool:
    return (
        isinstance(value, str)
        and (empty or bool(value.strip()))
        and len(value) <= longest
        and value.isprintable()
    )


def _wrong(where: str, value: object, remedy: str) -> SettingsError:
    return SettingsError(where, f"{where} is {value!r}", remedy)
