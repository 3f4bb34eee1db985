"""Cells of CSV files that spreadsheets open: text that is taken for a formula is not left as it is."""

_BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def text_cell(text: str) -> str:
    """`text` as one cell. What would be a formula gets an apostrophe before it, which spreadsheets take as
    "this is text"; control characters, as a name from a script may hold, become blanks."""
    text = "".join(" " if ord(letter) < 32 or ord(letter) == 127 else letter for letter in text)
    if text.lstrip().startswith(_BEGIN_FORMULAS):
        text = f"'{text}"
    if any(letter in text for letter in ',"\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
