"""The tables, the same on SQLite and PostgreSQL. Times are ISO 8601 UTC strings."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()
_BigId = BigInteger().with_variant(Integer, "sqlite")

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

# address_key is audience.addresses.address_key(email): what makes two spellings one person.
subscriber = Table(
    "subscriber",
    metadata,
    Column("address_key", String, primary_key=True),
    Column("email", Text, nullable=False),
    Column("first_name", Text, nullable=False, default=""),
    Column("last_name", Text, nullable=False, default=""),
    Column("attributes", Text, nullable=False, default="{}"),  # JSON object of strings
    Column("basis", String, nullable=False, default="consent"),
    Column("source", Text, nullable=False, default=""),
    Column("joined", String),
)

# Append-only: the newest row of a key decides; `active` 0 lifts it (a person who joined again by themselves).
suppression = Table(
    "suppression",
    metadata,
    Column("id", _BigId, primary_key=True, autoincrement=True),
    Column("address_key", String, nullable=False),  # or "hmac:..." of somebody erased
    Column("email", Text, nullable=False, default=""),
    Column("reason", String, nullable=False),
    Column("source", Text, nullable=False, default=""),
    Column("active", Integer, nullable=False, default=1),
    Column("at", String, nullable=False),
    Index("suppression_by_key", "address_key", "id"),
)

campaign = Table(
    "campaign",
    metadata,
    Column("id", _BigId, primary_key=True, autoincrement=True),
    Column("issue", String, nullable=False),
    Column("message_hash", String, nullable=False),
    Column("audience_hash", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("machine_id", String, nullable=False),
    Column("message", Text, nullable=False),  # Message.to_json of the frozen message
    Column("created", String, nullable=False),
    Column("not_after", String),
    Column("state", String, nullable=False),
    Column("why", Text, nullable=False, default=""),
    Column("audience", Integer, nullable=False),
    Column("rehearsal", Integer, nullable=False, default=0),
    UniqueConstraint("message_hash", "audience_hash"),
)

recipient = Table(
    "recipient",
    metadata,
    Column("campaign_id", _BigId, ForeignKey("campaign.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("address_key", String, nullable=False),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("merge_values", Text, nullable=False),  # JSON array in the order of the message's merge fields
    sqlite_with_rowid=False,
)

batch = Table(
    "batch",
    metadata,
    Column("id", _BigId, primary_key=True, autoincrement=True),
    Column("campaign_id", _BigId, ForeignKey("campaign.id"), nullable=False),
    Column("lo", Integer, nullable=False),
    Column("hi", Integer, nullable=False),  # people lo <= seq < hi
    Column("state", String, nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("key", String, nullable=False),
    Column("body_hash", String, nullable=False, default=""),
    Column("owner", String, nullable=False, default=""),
    Column("lease_until", String),
    Column("first_try", String),
    Column("last_alive", String),
    Column("next_try", String),
    Column("looks", Integer, nullable=False, default=0),
    Column("doubts", Integer, nullable=False, server_default="0"),  # calls that may have been taken
    # How many of its people are in `exception`, by state: sums of a campaign need no join.
    Column("suppressed", Integer, nullable=False, server_default="0"),
    Column("rejected", Integer, nullable=False, server_default="0"),
    Column("unknown", Integer, nullable=False, server_default="0"),
    Column("provider_ids", LargeBinary),
    Column("request_id", Text, nullable=False, default=""),
    Column("why", Text, nullable=False, default=""),
    Index("batch_by_state", "campaign_id", "state", "id"),
    Index("batch_by_place", "campaign_id", "lo"),
)

exception = Table(
    "exception",
    metadata,
    Column("campaign_id", _BigId, ForeignKey("campaign.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("state", String, nullable=False),  # suppressed, rejected, unknown
    Column("why", Text, nullable=False),
)

# What the provider reports afterwards, one row a person and kind.
outcome = Table(
    "outcome",
    metadata,
    Column("campaign_id", _BigId, ForeignKey("campaign.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("what", String, primary_key=True),
    Column("at", String),
    Column("words", Text, nullable=False, default=""),
)

approval = Table(
    "approval",
    metadata,
    Column("id", _BigId, primary_key=True, autoincrement=True),
    Column("issue", String, nullable=False),
    Column("message_hash", String, nullable=False),
    Column("audience_rule", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", String, nullable=False),
    Column("void", Integer, nullable=False, default=0),
)

# A campaign made at a platform that keeps the list itself, one row an issue. `intent` is written before the one call
# that sends; whether it went is read back from the platform, never guessed.
hosted = Table(
    "hosted",
    metadata,
    Column("issue", String, primary_key=True),
    Column("provider", String, nullable=False),
    Column("draft", String, nullable=False),
    Column("message_hash", String, nullable=False),
    Column("approved_by", Text, nullable=False, default=""),
    Column("members", Integer),
    Column("intent", String),
    Column("stage", String, nullable=False),
    Column("raw", String, nullable=False, default=""),
    Column("recipients", Integer),
    Column("at", String, nullable=False),
)

# One row a provider account: when its next call may start (everyone's), and how many people it got on `day`.
pace = Table(
    "pace",
    metadata,
    Column("account", String, primary_key=True),
    Column("free_at", String, nullable=False, default=""),
    Column("first_day", String, nullable=False, default=""),
    Column("day", String, nullable=False, default=""),
    Column("people", Integer, nullable=False, default=0),
)

# What speaks for stopping a campaign; cleared when a person releases it.
breaker = Table(
    "breaker",
    metadata,
    Column("campaign_id", _BigId, ForeignKey("campaign.id"), primary_key=True),
    Column("account_refusals", Integer, nullable=False, default=0),
    Column("policy_refusals", Integer, nullable=False, default=0),
)

event = Table(
    "event",
    metadata,
    Column("id", _BigId, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("issue", String, nullable=False, default=""),
)
