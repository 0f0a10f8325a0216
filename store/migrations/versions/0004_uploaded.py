"""How many bytes a person has sent up, and when: one link cannot fill the disk."""

import sqlalchemy as sa
from alembic import op

from store.tables import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "uploaded",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploaded")),
    )
    op.create_index("ix_uploaded_person", "uploaded", ["person_id", "at"], unique=False)
