"""[site] of usermon.toml: what is taken, and how a mistake is named."""

from pathlib import Path

import pytest

from usermon.errors import SettingsError
from usermon.site_file import read_site_file
from usermon.site_look import LARGEST_LOGO_BYTES, SiteLink, SiteLook, read_logo

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def look(folder: Path, text: str) -> SiteLook:
    (folder / "usermon.toml").write_text(f"[site]\n{text}", encoding="utf-8")
    return read_site_file(folder / "usermon.toml").look


def test_everything_is_read(tmp_path: Path) -> None:
    text = """
        name = "Institut für Beispiele"
        logo = "pictures/logo.SVG"
        accent = "#0B5A9D"
        links = [{ text = "Help", href = "https://help.example.org/a?b#c" },
                 { text = "Mail", href = "mailto:help@example.org" }]
        """
    assert look(tmp_path, text) == SiteLook(
        name="Institut für Beispiele",
        logo=tmp_path / "pictures" / "logo.SVG",
        accent="#0b5a9d",
        links=(
            SiteLink("Help", "https://help.example.org/a?b#c"),
            SiteLink("Mail", "mailto:help@example.org"),
        ),
    )


def test_a_site_without_a_look_has_usermons_own(tmp_path: Path) -> None:
    assert look(tmp_path, "") == SiteLook()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("name = 7", "site.name"),
        ('name = "two\\nlines"', "site.name"),
        (f'name = "{"x" * 61}"', "site.name"),
        ('logo = "logo.gif"', "site.logo"),
        ('logo = ""', "site.logo"),
        ('accent = "blue"', "site.accent"),
        ('accent = "#0b5a9d; } body { display: none"', "site.accent"),
        ("links = 3", "site.links"),
        ('links = [{ text = "Help" }]', "site.links 1"),
        ('links = [{ text = "", href = "https://example.org" }]', "site.links 1"),
        ('links = [{ text = "Help", href = "https://example.org", rel = "x" }]', "site.links 1"),
        ('links = [{ text = "Help", href = "javascript:alert(1)" }]', "site.links 1: href"),
        ('links = [{ text = "Help", href = " https://example.org" }]', "site.links 1: href"),
        ('links = [{ text = "Help", href = "https://" }]', "site.links 1: href"),
        ('links = [{ text = "Help", href = "//example.org" }]', "site.links 1: href"),
        ('links = [{ text = "Help", href = "data:text/html,x" }]', "site.links 1: href"),
        ('colour = "#000000"', "site.colour"),
    ],
)
def test_a_mistake_is_named_by_its_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        look(tmp_path, text)
    assert caught.value.name == f"{tmp_path / 'usermon.toml'}: {key}"
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [("logo.svg", b'<?xml version="1.0"?><svg xmlns=""/>', "image/svg+xml"), ("logo.PNG", PNG, "image/png")],
)
def test_a_logo_is_served_as_what_it_is(tmp_path: Path, name: str, content: bytes, media_type: str) -> None:
    (tmp_path / name).write_bytes(content)
    logo = read_logo(tmp_path / name)
    assert (logo.content, logo.media_type) == (content, media_type)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("logo.png", b"<svg/>", "not a PNG"),
        ("logo.svg", PNG, "not an SVG"),
        ("logo.svg", b"<svg>" + b" " * LARGEST_LOGO_BYTES, "larger than 64 KiB"),
        ("logo.svg", None, "cannot be read"),
    ],
)
def test_another_picture_is_refused_with_its_reason(
    tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SettingsError, match=words):
        read_logo(tmp_path / name)
