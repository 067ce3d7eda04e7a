"""when a topic changed last"""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema; data stays."""
    op.add_column("topic", sa.Column("changed_at", UtcDateTime(), nullable=True))
