"""what tells two uploads of one name and one size apart"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema; data stays."""
    op.add_column("upload", sa.Column("mark", sa.String(), nullable=True))
