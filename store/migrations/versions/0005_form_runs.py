"""How the runs of the ekonomikontor's forms were settled."""

import sqlalchemy as sa
from alembic import op

from store.tables import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; runs from before it are settled by nobody, and have ended."""
    op.create_table(
        "form_run",
        sa.Column("flow_run_id", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("flow_run_id", name=op.f("pk_form_run")),
    )


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("form_run")
