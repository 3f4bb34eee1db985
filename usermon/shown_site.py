"""How a facility's pages look, whole: with the logo's picture. Every page is made from this.

The overview makes it from usermon.toml. A dashboard sees nothing but its user's folder, so the collectors
write it there, published/USER/site.json:

    {"format": 1, "name": "Example Facility", "accent": "#0b5a9d",
     "links": [{"text": "Help", "href": "https://help.example.org"}],
     "logo": {"media_type": "image/svg+xml", "base64": "..."}}
"""

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from typing import Any

from usermon.contrast import is_colour
from usermon.errors import SettingsError, UsermonError
from usermon.site_look import Logo, SiteLink, SiteLook, check_logo, is_safe_address, read_logo

PUBLISHED_SITE = "site.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class ShownSite:
    """Empty and None are Usermon's own look."""

    name: str = ""
    accent: str | None = None
    links: tuple[SiteLink, ...] = ()
    logo: Logo | None = None


class UnreadableSite(UsermonError):
    """A published site.json is not what this version writes."""


def shown_site(look: SiteLook) -> ShownSite:
    """Reads the logo. Raises SettingsError when it cannot be shown."""
    return ShownSite(look.name, look.accent, look.links, None if look.logo is None else read_logo(look.logo))


def without_logo(look: SiteLook) -> ShownSite:
    """All else that `look` says, where the logo cannot be shown."""
    return ShownSite(look.name, look.accent, look.links)


def to_json(site: ShownSite) -> bytes:
    logo = site.logo and {
        "media_type": site.logo.media_type,
        "base64": base64.b64encode(site.logo.content).decode(),
    }
    links = [asdict(link) for link in site.links]
    fields = {"format": FORMAT, "name": site.name, "accent": site.accent, "links": links, "logo": logo}
    return json.dumps(fields, separators=(",", ":")).encode()


def from_json(content: bytes) -> ShownSite:
    """Raises UnreadableSite for anything that `to_json` of this format did not write."""
    try:
        return _site(json.loads(content))
    except (ValueError, TypeError, KeyError, AttributeError, SettingsError) as error:
        raise UnreadableSite(
            "the published look of the site is damaged or of another version",
            "The collector writes it anew when it starts; if this stays, tell your administrators.",
        ) from error


def _site(fields: dict[str, Any]) -> ShownSite:
    name, accent = fields["name"], fields["accent"]
    links = tuple(SiteLink(link["text"], link["href"]) for link in fields["links"])
    right = (
        fields["format"] == FORMAT
        and isinstance(name, str)
        and (accent is None or is_colour(accent))
        and all(isinstance(link.text, str) and is_safe_address(link.href) for link in links)
    )
    if not right:
        raise ValueError("not what we write")
    return ShownSite(name, accent, links, _logo(fields["logo"]))


def _logo(fields: dict[str, str] | None) -> Logo | None:
    if fields is None:
        return None
    try:
        content = base64.b64decode(fields["base64"], validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    return check_logo(content, fields["media_type"], PUBLISHED_SITE)
