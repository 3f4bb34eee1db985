"""Plots are readable: enough contrast in both themes, and series that differ by more than colour."""

import pytest

from web_shared.chart_theme import DARK, LIGHT, ChartTheme, theme_named


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_and_lines_stand_out_from_the_ground(theme: ChartTheme) -> None:
    assert contrast(theme.ink, theme.surface) >= 7
    assert contrast(theme.ink_soft, theme.surface) >= 4.5
    assert contrast(theme.reference, theme.surface) >= 4.5
    for style in theme.series:
        assert contrast(style.colour, theme.surface) >= 3, style


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_no_two_series_differ_by_colour_alone(theme: ChartTheme) -> None:
    assert len({style.symbol for style in theme.series}) == len(theme.series)
    assert theme.series[0].dash != theme.series[1].dash


def test_an_unknown_theme_is_light() -> None:
    assert theme_named("<script>") is LIGHT
    assert theme_named("dark") is DARK
