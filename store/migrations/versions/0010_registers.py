"""The entries of registers, and the enhet, period and hand-in of a händelse that a hand-in opens."""

import sqlalchemy as sa
from alembic import op

from store.tables import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_OF_A_HAND_IN = ("unit", "period", "handin", "said")


def upgrade() -> None:
    """Make the table, and the columns; what was registered until now no hand-in has opened."""
    op.create_table(
        "register_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register", sa.String(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry")),
    )
    for name in _OF_A_HAND_IN:
        op.add_column("happened", sa.Column(name, sa.String(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    for name in reversed(_OF_A_HAND_IN):
        op.drop_column("happened", name)
    op.drop_table("register_entry")
