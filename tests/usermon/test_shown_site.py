"""site.json, which carries the facility's look to every dashboard."""

import json

import pytest

from usermon.shown_site import ShownSite, UnreadableSite, from_json, to_json
from usermon.site_look import Logo, SiteLink

WHOLE = ShownSite(
    "Example Facility",
    "#0b5a9d",
    (SiteLink("Help", "https://help.example.org"),),
    Logo(b"<svg>\xc3\xbc</svg>", "image/svg+xml"),
)


@pytest.mark.parametrize("site", [WHOLE, ShownSite()])
def test_what_is_written_is_read(site: ShownSite) -> None:
    assert from_json(to_json(site)) == site


@pytest.mark.parametrize(
    "changed",
    [
        {"format": 2},
        {"name": 7},
        {"accent": "red; } *"},
        {"links": [{"text": "Help", "href": "javascript:alert(1)"}]},
        {"links": [{"text": "Help"}]},
        {"logo": {"media_type": "text/html", "base64": "PHN2Zy8+"}},
        {"logo": {"media_type": "image/svg+xml", "base64": "?"}},
        {"logo": {"media_type": "image/png", "base64": "PHN2Zy8+"}},
        {"logo": {"media_type": "text/html", "base64": "iVBORw0KGgo="}},
    ],
)
def test_anything_else_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(UnreadableSite):
        from_json(json.dumps(json.loads(to_json(WHOLE)) | changed).encode())


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff"])
def test_a_damaged_file_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableSite):
        from_json(content)
