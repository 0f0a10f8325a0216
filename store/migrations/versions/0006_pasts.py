"""When an obligation came into the plan, with which parts, and when somebody opened it."""

import sqlalchemy as sa
from alembic import op

from store.tables import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. What was planned before them was there from the beginning, with the parts of the next plan."""
    op.add_column("obligation", sa.Column("opened_at", Instant(), nullable=True))
    op.add_column("obligation", sa.Column("added_at", Instant(), nullable=True))
    op.add_column("obligation", sa.Column("parts", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("obligation", sa.Column("added_parts", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Take them away."""
    for name in ("added_parts", "parts", "added_at", "opened_at"):
        op.drop_column("obligation", name)
