"""usermon-overview report: the summary of a week or a month."""

import re
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from overview.pictures.drawing import draw
from overview.pictures.sheet import Frame
from overview.pictures.source import Source
from overview.report.facts import report_facts
from overview.report.mail import mail
from overview.report.page import Plot, html_page, within
from overview.report.paper import pdf_page
from overview.report.period import Period, period
from overview.report.plots import report_sheets
from overview.report.told import told
from overview.settings import OverviewSettings
from overview.site import site_of_settings
from overview.snapshots import Snapshots
from usage_store.engine import open_store
from usermon.alert_rules import DEFAULT_RULES
from usermon.atomic_file import write_atomically
from usermon.errors import UsermonError, WrongUse
from usermon.site_file import SiteFile
from web_shared.chart_theme import LIGHT
from web_shared.site_files import USUAL_NAME

# Before any computer kept files; the arithmetic of dates ends with the year 1.
_FIRST_YEAR = 1970
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\\]{1,64}@[A-Za-z0-9.-]{1,255}", re.ASCII)


class CannotWriteReport(UsermonError):
    """The report is made, and there is nowhere to put it."""


@click.command("report")
@click.option("--week", "name", flag_value="week", default=True, help="Of seven days; the default.")
@click.option("--month", "name", flag_value="month", help="Of thirty days.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The last day, YYYY-MM-DD, one that is over; default: yesterday.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["html", "pdf", "eml"]),
    default="html",
    show_default=True,
    help="eml is a mail, ready for `sendmail -t`.",
)
@click.option("--out", default="-", metavar="FILE", help="Where to write it; - is standard output.")
@click.option("--to", multiple=True, metavar="ADDRESS", help="Of a mail; may be given several times.")
def report(name: str, until: date | None, format_: str, out: str, to: tuple[str, ...]) -> None:
    """Write a one-page summary of a week or a month, from the store alone."""
    settings = OverviewSettings.load()
    _check(format_, out, to)
    site = site_of_settings(settings)()
    zone = ZoneInfo(settings.effective_timezone if site is None else site.timezone)
    now = int(time.time())
    last = None if until is None else date(until.year, until.month, until.day)
    if last is not None and last.year < _FIRST_YEAR:
        raise WrongUse(f"nothing was measured in {last.year}", "Name a day that is over with --until.")
    about = period(name, last, now, zone)
    for moment, words in ((about.start, "has not begun"), (about.end, "is not over")):
        if moment > now:
            raise WrongUse(f"{about.words} {words}", "Name a day that is over with --until.")
    # A store that is misspelt must not be made, and told of as empty.
    store = open_store(settings.effective_store_url, make=False)
    try:
        capacities = {} if site is None else site.capacities
        content = _content(Source(Snapshots(store), store, now, capacities), about, site, format_, to)
    finally:
        store.close()
    _write(content, out)


def _content(source: Source, about: Period, site: SiteFile | None, format_: str, to: Sequence[str]) -> bytes:
    rules = DEFAULT_RULES if site is None else site.alerts.rules
    name = (site.look.name if site else "") or USUAL_NAME
    accent = site.look.accent if site else None
    sources = [one.name for one in site.sources] if site else []
    summary = told(report_facts(source, about, rules, sources), name)
    sheets = report_sheets(source, about)
    frame = Frame(LIGHT, about.zone, name, source.now)
    if format_ == "pdf":
        return pdf_page(summary, sheets, frame)
    pictures = [(sheet, draw(sheet, frame, "png")) for sheet in sheets]
    if format_ == "eml":
        sender = site.alerts.mail.sender if site and site.alerts.mail else None
        return mail(summary, pictures, accent, sender, to)
    plots = [Plot(sheet.title, sheet.words, within(picture)) for sheet, picture in pictures]
    return html_page(summary, plots, accent).encode()


def _check(format_: str, out: str, to: Sequence[str]) -> None:
    if to and format_ != "eml":
        raise WrongUse(f"--to is of a mail, and this is {format_}", "Add --format eml, or leave --to out.")
    for address in to:
        if not _ADDRESS.fullmatch(address):
            raise WrongUse(f"not an address: {address!r}", "Write it like people@example.org.")
    if format_ == "pdf" and out == "-" and sys.stdout.isatty():
        raise WrongUse("a PDF is nothing for a terminal", "Name a file with --out.")


def _write(content: bytes, out: str) -> None:
    if out == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        # It tells what users do: for whoever makes it alone, unless they share it.
        write_atomically(Path(out), content, mode=0o600)
    except OSError as error:
        raise CannotWriteReport(
            f"cannot write {out}: {error.strerror}", "Name a file in a folder that you may write to."
        ) from error
