"""A report in words: sections with a sentence and short tables, the same for a page, a mail and paper."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerts.trouble import Trouble
from alerts.words import amount_held, full_in
from overview.pictures.amounts import (
    change_words,
    count_change_words,
    count_words,
    counted,
    held_change_words,
    size_words,
)
from overview.pictures.sheet import moment_in_words
from overview.quota_use import QuotaUse
from overview.report.facts import Jobs, QueueFacts, ReportFacts
from usage_store.volume_fullness import Fullness
from usermon.printable import printable
from usermon.units import bytes_from_gb

_SHOWN_TROUBLES = 8
_SHOWN_SOURCES = 5
_KINDS = {
    "cluster": "cluster",
    "source": "source",
    "volume": "volume",
    "host": "host",
    "backup": "backup",
    "dashboard": "dashboard",
    "rule": "failing alert rule",
}
_WELL = {
    "host": "hosts",
    "backup": "backups",
    "cluster": "clusters",
    "source": "sources",
    "dashboard": "dashboards",
}


@dataclass(frozen=True, slots=True)
class Table:
    """All rows have as many cells as `head`; the first is a name, the others numbers."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """`is_bad`: something to look after."""

    title: str
    words: str
    tables: tuple[Table, ...] = ()
    lines: tuple[str, ...] = ()
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    title: str
    subtitle: str
    sections: tuple[Section, ...]


def told(facts: ReportFacts, site_name: str) -> Told:
    made = moment_in_words(facts.now, facts.period.zone)
    return Told(
        title=f"{site_name}: the {facts.period.name} in numbers",
        subtitle=f"{facts.period.words} ({facts.period.zone.key}). Made {made}.",
        sections=tuple(
            section
            for section in (_wrong(facts), _storage(facts), _quotas(facts), _queues(facts.queues), _io(facts))
            if section is not None
        ),
    )


def _wrong(facts: ReportFacts) -> Section:
    found = facts.troubles
    if not found:
        words = f"{_all_well(facts)} {_never_ran(facts)}".strip()
        return Section("What is wrong now", words, is_bad=bool(facts.never_ran))
    kinds = Counter(trouble.kind for trouble in found)
    words = ", ".join(counted(kinds[kind], noun) for kind, noun in _KINDS.items() if kinds[kind])
    lines = [printable(trouble.words) for trouble in _some_of_each(found)]
    if len(found) > len(lines):
        lines.append(f"and {len(found) - len(lines):,} more")
    words = f"In trouble: {words}. {_never_ran(facts)}".strip()
    return Section("What is wrong now", words, lines=tuple(lines), is_bad=True)


def _all_well(facts: ReportFacts) -> str:
    """Of what nothing is known, nobody can say that it is well."""
    asked = [kind for kind in _WELL if kind != "source" or not facts.never_ran]
    known = [_WELL[kind] for kind in asked if kind in facts.known]
    if not known:
        return f"No {_listed([_WELL[kind] for kind in asked], 'or')} are known yet."
    words = f"{_listed(known, 'and')} are well."
    return words.capitalize() if facts.never_ran else f"Nothing: {words}"


def _listed(nouns: Sequence[str], last: str) -> str:
    *others, end = nouns
    return f"{', '.join(others)} {last} {end}" if others else end


def _never_ran(facts: ReportFacts) -> str:
    """Those that are not told as troubles: the page of collection has each."""
    told_of = {trouble.subject for trouble in facts.troubles if trouble.kind == "source"}
    names = [name for name in facts.never_ran if name not in told_of]
    if not names:
        return ""
    more = f" and {len(names) - _SHOWN_SOURCES:,} more" if len(names) > _SHOWN_SOURCES else ""
    return f"{counted(len(names), 'source')} never ran: {', '.join(names[:_SHOWN_SOURCES])}{more}."


def _some_of_each(found: Sequence[Trouble]) -> list[Trouble]:
    """So many that a page holds them, so that many of one kind hide no other; in the order that they had."""
    of_kind: Counter[str] = Counter()
    ranked = []
    for place, trouble in enumerate(found):
        of_kind[trouble.kind] += 1
        ranked.append((of_kind[trouble.kind], place))
    return [found[place] for place in sorted(place for _, place in sorted(ranked)[:_SHOWN_TROUBLES])]


def _storage(facts: ReportFacts) -> Section | None:
    if not facts.volumes:
        return None
    rows = tuple(
        (
            volume.volume,
            size_words(volume.bytes),
            change_words(volume.change),
            count_words(volume.files),
            count_change_words(volume.files_change),
            f"{volume.users:,}",
        )
        for volume in facts.volumes
    )
    tables = [Table("Volumes", ("Volume", "Held", "Change", "Files", "Change", "Users"), rows)]
    if facts.growers:
        grown = tuple(
            (
                f"{one.user} · {one.volume}",
                amount_held(one.bytes),
                held_change_words(one.bytes - (one.then_bytes or 0)),
            )
            for one in facts.growers
        )
        tables.append(Table("Grew most", ("User", "Holds", "Change"), grown))
    words = " and ".join(f"{volume.volume} {change_words(volume.change)}" for volume in facts.volumes)
    new = "; ".join(
        f"{counted(volume.new_users, 'user')} with {size_words(volume.new_bytes)} on {volume.volume}"
        for volume in facts.volumes
        if volume.new_users
    )
    words = (
        f"Within the {facts.period.name}: {words}.{f' New, and not in these changes: {new}.' if new else ''}"
    )
    full = "; ".join(_full(volume.fullness) for volume in facts.volumes if volume.fullness is not None)
    return Section("Storage", f"{words} How full at its end: {full}." if full else words, tuple(tables))


def _full(volume: Fullness) -> str:
    words = f"{volume.volume} {volume.percent} % of {size_words(volume.capacity_bytes)}"
    return f"{words}, {full_in(volume.outlook.days)} at the present growth" if volume.outlook.days else words


def _quotas(facts: ReportFacts) -> Section | None:
    if not facts.limited:
        return None
    words = (
        f"Now {counted(facts.over, 'user')} passed a limit and {counted(facts.near, 'user')} "
        f"{'is' if facts.near == 1 else 'are'} near one, of {facts.limited:,} with quotas."
    )
    rows = tuple(
        (f"{use.user} · {use.volume}", f"{100 * use.share:.0f} %", _held(use)) for use in facts.fullest
    )
    tables = (Table("Fullest", ("User", "Full", "Holds"), rows),) if rows else ()
    return Section("Quotas", words, tables, is_bad=facts.over > 0)


def _held(use: QuotaUse) -> str:
    files = use.unit == "files"
    return f"{count_words(use.value)} files" if files else amount_held(bytes_from_gb(use.value))


def _queues(queues: QueueFacts | None) -> Section | None:
    if queues is None:
        return None
    every = queues.all
    words = f"{counted(every.jobs, 'job')} ended: {_hours(every.cpu_hours)} processor hours"
    words += f", {_hours(every.gpu_hours)} GPU hours." if every.gpu_hours else "."
    tables = [_jobs_table("By user", "User", queues.users)]
    if queues.groups:
        tables.append(_jobs_table("By group", "Group", queues.groups))
    if len(queues.clusters) > 1:
        tables.append(_jobs_table("By cluster", "Cluster", queues.clusters))
    return Section("Queues", words, tuple(tables))


def _jobs_table(title: str, name: str, jobs: Sequence[Jobs]) -> Table:
    rows = tuple((one.name, f"{one.jobs:,}", _hours(one.cpu_hours), _hours(one.gpu_hours)) for one in jobs)
    return Table(title, (name, "Jobs", "CPU h", "GPU h"), rows)


def _io(facts: ReportFacts) -> Section | None:
    if facts.io is None:
        return None
    total = facts.io.total
    tables = tuple(
        Table(title, (name, "Operations", "Share"), tuple(_shares(heaviest, total)))
        for title, name, heaviest in (
            ("Heaviest users", "User", facts.io.users),
            ("Heaviest machines", "Machine", facts.io.machines),
        )
    )
    return Section("I/O", f"{count_words(total)} operations.", tables)


def _shares(heaviest: Iterable[tuple[str, int]], total: int) -> Iterable[tuple[str, str, str]]:
    for name, amount in heaviest:
        yield name, count_words(amount), _percent(amount / total) if total else "–"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.1f} %"


def _hours(hours: float) -> str:
    return count_words(round(hours)) if hours >= 10 or hours == 0 else f"{hours:.1f}"
