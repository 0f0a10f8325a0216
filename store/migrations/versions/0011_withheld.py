"""What is withheld by law is kept, and lies where nothing else reads it."""

import sqlalchemy as sa
from alembic import op

from store.tables import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; nothing is withheld."""
    op.create_table(
        "withheld",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("obligation_key", sa.String(), nullable=True),
        sa.Column("lagrum", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("readers", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_why", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withheld")),
    )
    op.create_index(op.f("ix_withheld_obligation_key"), "withheld", ["obligation_key"])
    op.create_table(
        "withheld_piece",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("withheld_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["withheld_id"], ["withheld.id"], name=op.f("fk_withheld_piece_withheld_id_withheld")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withheld_piece")),
    )
    op.create_index("ix_withheld_piece_what", "withheld_piece", ["kind", "ref"])
    op.create_index(op.f("ix_withheld_piece_withheld_id"), "withheld_piece", ["withheld_id"])


def downgrade() -> None:
    """Drop them; lift every spärr first, for what lies behind one goes with it."""
    op.drop_table("withheld_piece")
    op.drop_table("withheld")
