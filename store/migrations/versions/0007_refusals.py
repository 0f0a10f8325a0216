"""When a letter was refused, from which the ladder counts its days."""

import sqlalchemy as sa
from alembic import op

from store.tables import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. A letter that was refused before it is counted from its last attempt's hour, the nearest that is known."""
    op.add_column("letter", sa.Column("refused_at", Instant(), nullable=True))
    op.execute("UPDATE letter SET refused_at = not_before WHERE state = 'avvisat'")


def downgrade() -> None:
    """Take it away."""
    op.drop_column("letter", "refused_at")
