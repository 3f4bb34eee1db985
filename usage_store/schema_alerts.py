"""Tables of alerts: what was wrong from when to when, who has seen it, and who was told."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from usage_store.metadata import BigId, metadata

# One row from when a trouble was found to when it was gone. `began_at` is empty until it stood for as long as
# its rule asks; a row that never began goes again. `gone_at` is since when the rule finds it no more; when
# that has settled, it is `ended_at`.
alerts = Table(
    "alerts",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("rule", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("area", String(32), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("part", String(255), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("words", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("since", BigInteger),
    Column("found_at", BigInteger, nullable=False),
    Column("began_at", BigInteger),
    Column("seen_at", BigInteger, nullable=False),
    Column("gone_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("acknowledged_at", BigInteger),
    Column("acknowledged_by", String(64)),
    Column("acknowledged_note", Text),
    Index("ix_alerts_ended_at", "ended_at"),
)
# Whoever looks, the same trouble is open once.
Index(
    "uq_alerts_open",
    *(alerts.c[name] for name in ("rule", "kind", "subject", "part")),
    unique=True,
    sqlite_where=alerts.c.ended_at.is_(None),
    postgresql_where=alerts.c.ended_at.is_(None),
)

# One row for each alert, event ("began", "ended") and whom it is told; and one for each digest, without an
# alert, to which the rows that it tells of refer. `state` is held (quiet hours), waiting, sent, merged (into
# the digest), dropped (nobody needs it any more) or failed. `content` is JSON, and goes when it was sent.
alert_messages = Table(
    "alert_messages",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("alert_id", ForeignKey("alerts.id", ondelete="CASCADE")),
    Column("event", String(16), nullable=False),
    Column("channel", String(16), nullable=False),  # mail (admins), user (their own quota), webhook
    Column("target", String(320), nullable=False),
    Column("state", String(16), nullable=False),
    Column("digest_id", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", BigInteger),
    Column("error", Text),
    Column("content", Text),
    Index("ix_alert_messages_state", "state", "next_at"),
    Index("ix_alert_messages_alert_id", "alert_id"),
)

# Who keeps alerts: of several overviews on one store, one.
alert_leases = Table(
    "alert_leases",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", BigInteger, nullable=False),
)
