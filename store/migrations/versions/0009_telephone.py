"""Where a person is called."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nobody's number is known."""
    op.add_column("person", sa.Column("phone", sa.String(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("person", "phone")
