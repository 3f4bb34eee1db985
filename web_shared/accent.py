"""A site's one colour as a stylesheet over tokens.css: for light and dark, always dark or light enough."""

from usermon.contrast import contrast, readable_on

# What this colour stands on, in tokens.css: --ground, --surface, --surface-soft, and last --on-accent.
LIGHT_GROUNDS = ("#f5f6f8", "#ffffff", "#eef1f5", "#ffffff")
DARK_GROUNDS = ("#0f141a", "#171d25", "#1e2630", "#0c1722")
_STRONGER = 1.4
_STRONGEST = 15.0


def accent_style(accent: str) -> str:
    """CSS that gives --accent and its relatives this colour, or its nearest that can be read."""
    light = _tokens(accent, LIGHT_GROUNDS, darker=True)
    dark = _tokens(accent, DARK_GROUNDS, darker=False)
    return (
        f":root {{ {light} }}\n"
        f'@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{ {dark} }} }}\n'
        f':root[data-theme="dark"] {{ {dark} }}\n'
    )


def _tokens(accent: str, grounds: tuple[str, ...], *, darker: bool) -> str:
    readable = readable_on(accent, grounds, darker=darker)
    least = min(contrast(readable, ground) for ground in grounds)
    strong = readable_on(readable, grounds, darker=darker, ratio=min(_STRONGEST, _STRONGER * least))
    names = {
        "accent": readable,
        "accent-strong": strong,
        "on-accent": grounds[-1],
        "focus": readable,
        "mark": readable,
        "mark-line": grounds[-1],
        "mark-soft": grounds[-1],
    }
    return " ".join(f"--{name}: {colour};" for name, colour in names.items())
