"""When an attempt ended without the server's answer."""

import sqlalchemy as sa
from alembic import op

from store.tables import Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of no letter that waits is it known."""
    op.add_column("letter", sa.Column("unanswered_at", Instant(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("letter", "unanswered_at")
