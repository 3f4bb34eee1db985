"""usermon-overview alerts: what is wrong now, whether people would be told, and who has seen it."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

import click

from alerts import troubles
from alerts.addresses import read_addresses
from alerts.keeper import mail_page
from alerts.mailing import no_password
from alerts.trying import try_everything
from alerts.webhooks import address_of
from cli_shared import ending
from overview.settings import OverviewSettings
from overview.site import site_of_settings
from overview.times import iso_time_or_none
from usage_store.alerts import acknowledge
from usage_store.awaited_sources import never_ran
from usage_store.engine import Store, open_store
from usermon.alert_rules import Rule
from usermon.alert_settings import AlertSettings
from usermon.errors import UsermonError, WrongUse
from usermon.mail_settings import read_secret_file
from usermon.printable import printable
from usermon.site_file import SiteFile

_LONGEST_NAME, _LONGEST_NOTE = 64, 1000


class NoSuchAlert(WrongUse):
    """No alert of this number is open."""


@click.group("alerts")
def alert_commands() -> None:
    """What is wrong, who is told, who has seen it."""


@alert_commands.command("check")
@click.option("--send", is_flag=True, help="Send a test to every address and webhook that is named.")
def check(send: bool) -> int:
    """Show the rules, whom they tell, and whether the files that they need can be read."""
    overview = OverviewSettings.load()
    site = site_of_settings(overview)()
    settings = _alerts_of(site)
    for line in _told(settings):
        click.echo(printable(line))
    problems = list(_problems(settings, overview))
    if send:
        for words, error in try_everything(
            settings, mail_page(site), overview.smtp_password_file, time.time()
        ):
            click.echo(printable(f"{words}: {'sent' if error is None else 'failed'}"))
            problems += [] if error is None else [error]
    for problem in problems:
        ending.show_error(problem)
    return ending.FAILED if problems else ending.DONE


@alert_commands.command("now")
@click.option("--json", "as_json", is_flag=True, help="Everything, for programs.")
def now(as_json: bool) -> int:
    """Say what is wrong now, by the rules; exit code 1 when anything is. Nobody is told."""
    overview = OverviewSettings.load()
    site = site_of_settings(overview)()
    with _open(overview).reading() as connection:
        found = troubles(connection, _alerts_of(site).rules, time.time())
        never = never_ran(connection, [source.name for source in site.sources] if site is not None else [])
    if as_json:
        shown: list[dict[str, Any]] = [{**asdict(one), "since": iso_time_or_none(one.since)} for one in found]
        click.echo(json.dumps({"troubles": shown}))
    for one in () if as_json else found:
        click.echo(printable(f"{one.severity}: {one.words}"))
        click.echo(printable(f"  {one.remedy}"))
    if not found and not as_json:
        click.echo("nothing is wrong", err=True)
    if never and not as_json:
        click.echo(f"never ran: {', '.join(never)}", err=True)
    return ending.FAILED if found else ending.DONE


@alert_commands.command("ack")
@click.argument("number", metavar="ID", type=click.IntRange(1, 2**63 - 1))
@click.option("--by", required=True, help="Who has seen it.")
@click.option("--note", default="", help="What is done about it.")
def ack(number: int, by: str, note: str) -> None:
    """Note who has seen the open alert ID: no mail about it until it ends."""
    by, note = (" ".join(text.split()) for text in (by, note))
    if not by or len(by) > _LONGEST_NAME or len(note) > _LONGEST_NOTE or not (by + note).isprintable():
        raise click.UsageError(f"a name has 1 to {_LONGEST_NAME} letters, a note at most {_LONGEST_NOTE}")
    with _open(OverviewSettings.load()).writing() as connection:
        if not acknowledge(connection, number, by, note, int(time.time())):
            raise NoSuchAlert(
                f"no alert {number} is open", "The page /alerts, or /api/alerts, shows which are."
            )


def _alerts_of(site: SiteFile | None) -> AlertSettings:
    return AlertSettings() if site is None else site.alerts


def _told(settings: AlertSettings) -> Iterator[str]:
    for rule in settings.rules:
        told = [*settings.recipients(rule), *([rule.webhook.label] if rule.webhook is not None else [])]
        yield f"{rule.name} ({rule.kind}{_of(rule)}): {', '.join(told) or 'nobody is told'}"
    if settings.user_mail is not None:
        yield "users are mailed about their own quota"
    if settings.quiet_hours is not None:
        yield f"quiet hours: {settings.quiet_hours}"
    mail = settings.mail
    yield (
        "no [mail]: nobody is mailed"
        if mail is None
        else (f"mail: {mail.host}:{mail.port}, {mail.security}, from {mail.sender}")
    )


def _of(rule: Rule) -> str:
    only = f" of {', '.join(rule.only)}" if rule.only else ""
    return only + (f" but {', '.join(rule.but)}" if rule.but else "")


def _problems(settings: AlertSettings, overview: OverviewSettings) -> Iterator[UsermonError]:
    """Files that cannot be read, and lines in them that cannot be used."""
    password = overview.smtp_password_file or (settings.mail.password_file if settings.mail else None)
    asked: list[Callable[[], object]] = []
    if password is None and settings.mail is not None and settings.mail.user is not None:
        yield no_password()
    if password is not None:
        asked.append(partial(read_secret_file, password, "mail.password_file"))
    asked += [partial(address_of, rule.webhook) for rule in settings.rules if rule.webhook is not None]
    for ask in asked:
        try:
            ask()
        except UsermonError as error:
            yield error
    if settings.user_mail is not None and settings.user_mail.addresses is not None:
        try:
            rejected = read_addresses(settings.user_mail.addresses).rejected
        except UsermonError as error:
            yield error
        else:
            yield from (
                UsermonError(f"{settings.user_mail.addresses}, line {one.line}: {one.reason}", "Mend it.")
                for one in rejected
            )


def _open(settings: OverviewSettings) -> Store:
    return open_store(settings.effective_store_url)
