"""What Dash draws: cards, notices and the two plots; templates/user_dashboard/page.html is around it."""

from typing import Any

from user_dashboard.cards import Card, ChangeRow, Notice
from user_dashboard.comparison import ComparedAmount, Comparison
from user_dashboard.facts import Fact
from user_dashboard.light_dash import dcc, html
from user_dashboard.wording import number
from usermon.quotas import QuotaWords
from web_shared.chart_theme import PLOT_CONFIG, theme_named

Component = Any  # Dash's components share no type that says more


def page_layout(refresh_seconds: float) -> Component:
    """Empty at first: the browser says how to draw (theme, tab, range), then `callbacks` fill it."""
    return html.Div(
        [
            _panel(
                "storage",
                html.Div(id="notices", className="notices"),
                html.Div(id="cards", className="cards"),
                _plot("storage", "Storage", "GiB held on each volume over time"),
                _plot("files", "Files", "Number of files on each volume over time"),
            ),
            _panel(
                "io",
                html.Div(id="io-notices", className="notices"),
                html.Div(id="io-cards", className="facts-and-more"),
                html.Div(
                    [
                        _plot("io-time", "Over time", "Operations by hour or day", hidden=False),
                        _plot("io-sizes", "By size", "Operations by how much was read at once", hidden=False),
                        _table("io-machines", "By machine"),
                    ],
                    id="io-plots",
                    hidden=True,
                ),
            ),
            _panel(
                "jobs",
                html.Div(id="jobs-notices", className="notices"),
                html.Div(id="jobs-cards", className="facts-and-more"),
                html.Div(
                    [
                        _table("jobs-current", "Running and waiting"),
                        _plot("jobs-hours", "Hours used", "Processor and GPU hours by week or month"),
                        _table("jobs-finished", "Finished"),
                    ],
                    id="jobs-parts",
                    hidden=True,
                ),
            ),
            *(dcc.Store(id=name) for name in _STORES),
            dcc.Interval(id="tick", interval=round(refresh_seconds * 1000)),
        ]
    )


# What goes between the page's script and the server: how to draw, what was drawn, and rows of tables, which
# the script makes: thousands of components would take the server longer than all else.
_STORES = (
    *("view", "shown", "tabs", "tabs-shown", "io-machines", "machines-shown", "jobs-tables", "jobs-shown"),
)


def _panel(tab: str, *parts: Component) -> Component:
    return html.Div(
        list(parts),
        id=f"panel-{tab}",
        className="panel",
        role="tabpanel",
        **{"aria-labelledby": f"tab-{tab}", "data-tab": tab},
    )


def _table(name: str, title: str) -> Component:
    return html.Section(
        [html.H2(title, id=f"{name}-title"), html.Div(id=f"{name}-table", className="table-place")],
        id=f"{name}-section",
        className="card table-card",
        **{"aria-labelledby": f"{name}-title"},
    )


def _plot(name: str, title: str, description: str, hidden: bool = True) -> Component:
    return html.Section(
        [
            html.H2(title, id=f"{name}-title"),
            html.P(description, className="visually-hidden"),
            dcc.Graph(
                id=f"{name}-plot",
                className="plot",
                style={"height": "var(--plot-height)"},
                config={**PLOT_CONFIG, "toImageButtonOptions": {"filename": f"usermon-{name}", "scale": 2}},
            ),
        ],
        id=f"{name}-section",
        className="card plot-card",
        hidden=hidden,
        **{"aria-labelledby": f"{name}-title"},
    )


def draw_cards(cards: tuple[Card, ...]) -> list[Component]:
    return [_card(card, place) for place, card in enumerate(cards)]


def draw_notices(notices: tuple[Notice, ...]) -> list[Component]:
    return [
        html.P(notice.text, className="warning" if notice.warning else "note", role="status")
        for notice in notices
    ]


def draw_empty(title: str, text: str) -> list[Component]:
    """In place of cards, when there is nothing to show yet."""
    return [
        html.Section(
            [html.H2(title), html.P(text)],
            className="card empty",
        )
    ]


def _card(card: Card, place: int) -> Component:
    symbol = theme_named("light").style_of(place).symbol
    return html.Section(
        [
            html.Div(
                [
                    html.Span(className=f"key key-{place % 8} {symbol}", **{"aria-hidden": "true"}),
                    html.H2(card.volume),
                ],
                className="card-head",
            ),
            html.Div(
                [
                    _amount(card.gb, "GiB", f"now-gb-{card.volume}"),
                    _amount(card.files, "files", f"now-files-{card.volume}"),
                ],
                className="amounts",
            ),
            *(_quota(quota) for quota in card.quotas),
            html.Table(
                [
                    html.Caption(f"Change on {card.volume}", className="visually-hidden"),
                    html.Thead(
                        html.Tr(
                            [
                                html.Th("Change over", scope="col"),
                                html.Th("GiB", scope="col"),
                                html.Th("files", scope="col"),
                            ]
                        )
                    ),
                    html.Tbody([_change_row(row) for row in card.changes]),
                ],
                className="changes numbers",
            ),
            *_card_comparison(card.comparison),
            html.P(
                [
                    f"Sampled {card.sampled} · ",
                    html.Time(card.age, dateTime=card.sampled_iso, className="age"),
                ],
                className="hint",
            ),
        ],
        className="card volume-card",
        **{"data-volume": card.volume, "aria-label": f"{card.volume} now"},
    )


def draw_facts(facts: tuple[Fact, ...]) -> Component:
    """Numbers side by side."""
    return html.Div([_fact(fact) for fact in facts], className="facts")


def _fact(fact: Fact) -> Component:
    unit = [html.Span(f" {fact.unit}", className="unit")] if fact.unit else []
    return html.Section(
        [
            html.H2(fact.title),
            html.P([html.Span(fact.amount, className="amount numbers"), *unit]),
            html.P(fact.remark, className="hint"),
        ],
        className="card fact",
    )


def draw_comparison(comparison: Comparison | None) -> list[Component]:
    """A card of its own; nothing where users are too few to be compared with."""
    if comparison is None:
        return []
    head = html.H2(f"Compared with the median of all {number(comparison.users)} users")
    amounts = [_compared(amount) for amount in comparison.amounts]
    return [html.Section([head, *amounts], className="card comparison-card")]


def _card_comparison(comparison: Comparison | None) -> list[Component]:
    if comparison is None:
        return []
    head = html.P(f"Compared with the median of all {number(comparison.users)} users", className="hint")
    return [html.Div([head, *(_compared(amount) for amount in comparison.amounts)], className="comparison")]


def _compared(amount: ComparedAmount) -> Component:
    words = f": {amount.words}" if amount.words else ""
    return html.Div(
        [
            html.P(f"{amount.what}{words}", className="compared-words"),
            _compared_bar("You", amount.own, amount.own_share, "own"),
            _compared_bar("Median", amount.median, amount.median_share, "median"),
        ],
        className="compared",
    )


def _compared_bar(who: str, words: str, share: float, kind: str) -> Component:
    bar = html.Span(
        html.Span(className="compared-fill", style={"width": _css_percent(share)}),
        className="compared-bar",
        **{"aria-hidden": "true"},
    )
    return html.Div(
        [
            html.Span(who, className="compared-who"),
            bar,
            html.Span(words, className="compared-amount numbers"),
        ],
        className=f"compared-row {kind}",
    )


def _quota(quota: QuotaWords) -> Component:
    """A bar that ends at the last limit, a tick at the soft one, and the same in words."""
    ticks = []
    if quota.soft_share is not None:
        ticks.append(html.Span(className="quota-soft", style={"left": _css_percent(quota.soft_share)}))
    bar = html.Div(
        [html.Span(className="quota-fill", style={"width": _css_percent(quota.share)}), *ticks],
        className="quota-bar",
        **{"aria-hidden": "true"},
    )
    words = [html.P(quota.fullness, className="quota-words")]
    if quota.outlook:
        words.append(html.P(quota.outlook, className="quota-outlook"))
    return html.Div([bar, *words], className=f"quota {quota.level}", **{"data-unit": quota.unit})


def _css_percent(share: float) -> str:
    return f"{100 * share:.2f}%"


def _amount(text: str, unit: str, name: str) -> Component:
    return html.P(
        [html.Span(text, className="amount numbers", id=name), html.Span(f" {unit}", className="unit")]
    )


def _change_row(row: ChangeRow) -> Component:
    if not row.gb:
        missing = html.Td("no sample then", colSpan=2, className="none")
        return html.Tr([html.Th(f"a {row.period}", scope="row"), missing])
    cells = [
        html.Td([html.Span(sign, className="sign", **{"aria-hidden": "true"}), " ", words])
        for sign, words in ((row.gb_sign, row.gb), (row.files_sign, row.files))
    ]
    return html.Tr([html.Th(f"a {row.period}", scope="row"), *cells])
