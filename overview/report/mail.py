"""A report as a mail, ready for `sendmail -t`: text, and HTML with its pictures as parts of the mail."""

from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from email.utils import format_datetime, localtime, make_msgid

from overview.pictures.sheet import Sheet
from overview.report.page import Plot, html_page
from overview.report.told import Table, Told


def mail(
    told: Told,
    pictures: Sequence[tuple[Sheet, bytes]],
    accent: str | None,
    sender: str | None,
    to: Sequence[str],
) -> bytes:
    """`pictures` are PNGs. Addresses are checked already."""
    message = EmailMessage()
    message["Subject"] = told.title
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = make_msgid(domain="usermon.invalid")
    message["Auto-Submitted"] = "auto-generated"
    if sender is not None:
        message["From"] = sender
    if to:
        message["To"] = ", ".join(to)
    message.set_content(as_text(told))
    ids = [make_msgid(domain="usermon.invalid") for _ in pictures]
    plots = [
        Plot(sheet.title, sheet.words, f"cid:{id_[1:-1]}")
        for (sheet, _), id_ in zip(pictures, ids, strict=True)
    ]
    message.add_alternative(html_page(told, plots, accent), subtype="html")
    html = message.get_payload()[1]  # type: ignore[index]
    for (_, content), id_ in zip(pictures, ids, strict=True):
        html.add_related(content, maintype="image", subtype="png", cid=id_)  # type: ignore[union-attr]
    return message.as_bytes()


def as_text(told: Told) -> str:
    """For who reads mail as text."""
    return "\n".join(_lines(told)) + "\n"


def _lines(told: Told) -> Iterator[str]:
    yield from (told.title, told.subtitle)
    for section in told.sections:
        yield from ("", section.title.upper(), section.words)
        yield from (f"- {line}" for line in section.lines)
        for table in section.tables:
            yield from ("", f"{table.title}:", *_rows(table))


def _rows(table: Table) -> Iterator[str]:
    rows = [table.head, *table.rows]
    widths = [max(len(row[place]) for row in rows) for place in range(len(table.head))]
    for first, *others in rows:
        cells = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        yield "  ".join((f"  {first.ljust(widths[0])}", *cells)).rstrip()
