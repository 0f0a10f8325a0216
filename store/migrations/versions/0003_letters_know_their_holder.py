"""A letter on lease names its holder, and knows when it was first tried and since when its reader cannot take it."""

import sqlalchemy as sa
from alembic import op

from store.tables import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; a letter that was tried before counts from its next attempt."""
    op.add_column("letter", sa.Column("holder", sa.String(), nullable=True))
    op.add_column("letter", sa.Column("tried_at", Instant(), nullable=True))
    op.add_column("letter", sa.Column("deferred_since", Instant(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    for name in ("deferred_since", "tried_at", "holder"):
        op.drop_column("letter", name)
