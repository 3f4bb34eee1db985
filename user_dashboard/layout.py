"""What Dash draws: cards, notices and the two plots; templates/user_dashboard/page.html is around it."""

from typing import Any

from user_dashboard.cards import Card, ChangeRow, Notice
from user_dashboard.light_dash import dcc, html
from usermon.quotas import QuotaWords
from web_shared.chart_theme import PLOT_CONFIG, theme_named

Component = Any  # Dash's components share no type that says more


def page_layout(refresh_seconds: float) -> Component:
    """Empty at first: the browser says how to draw (theme, range), then `callbacks` fill it."""
    return html.Div(
        [
            html.Div(id="notices", className="notices"),
            html.Div(id="cards", className="cards"),
            _plot("storage", "Storage", "GB held on each volume over time"),
            _plot("files", "Files", "Number of files on each volume over time"),
            dcc.Store(id="view"),
            dcc.Store(id="shown"),
            dcc.Interval(id="tick", interval=round(refresh_seconds * 1000)),
        ]
    )


def _plot(name: str, title: str, description: str) -> Component:
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
        hidden=True,
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
                    _amount(card.gb, "GB", f"now-gb-{card.volume}"),
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
                                html.Th("GB", scope="col"),
                                html.Th("files", scope="col"),
                            ]
                        )
                    ),
                    html.Tbody([_change_row(row) for row in card.changes]),
                ],
                className="changes numbers",
            ),
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
