"""The log's rows say who it was (subject), which way in and which session; a login link says whom it is for."""

import sqlalchemy as sa
from alembic import op

from store.tables import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns (older rows have none, and their digests stay) and the table of visits that were closed."""
    for name in ("subject", "way", "session"):
        op.add_column("log", sa.Column(name, sa.String(), nullable=True))
    op.create_index(op.f("ix_log_subject"), "log", ["subject"], unique=False)
    op.add_column("login_link", sa.Column("subject", sa.String(), nullable=True))
    op.create_table(
        "ended_visit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ended_visit")),
    )
    op.create_index(op.f("ix_ended_visit_until"), "ended_visit", ["until"], unique=False)
