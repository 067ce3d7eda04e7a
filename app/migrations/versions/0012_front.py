"""customers' tags and talks, lines of money with their day, receipts"""

import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _row() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    ]


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default="")


def _customers() -> None:
    op.create_table(
        "customer_note",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        *_row(),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_note_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_note")),
    )
    op.create_index(op.f("ix_customer_note_customer_id"), "customer_note", ["customer_id"])
    op.create_index(op.f("ix_customer_note_studio_id"), "customer_note", ["studio_id"])
    _keep_notes()
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_column("note")
        batch_op.add_column(sa.Column("phone_key", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("locale", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_index("ix_customer_phone_key", ["studio_id", "phone_key"])
    _fill_phone_keys()
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("birthday", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("removed_at", UtcDateTime(), nullable=True))
    op.create_table(
        "tag",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("hue", sa.Integer(), nullable=False),
        *_row(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("studio_id", "name_key", name=op.f("uq_tag_studio_id_name_key")),
    )
    op.create_index(op.f("ix_tag_studio_id"), "tag", ["studio_id"])
    op.create_table(
        "customer_tag",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        *_row(),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_tag_customer_id_customer")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_customer_tag_tag_id_tag")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_tag")),
        sa.UniqueConstraint("customer_id", "tag_id", name=op.f("uq_customer_tag_customer_id_tag_id")),
    )
    op.create_index(op.f("ix_customer_tag_studio_id"), "customer_tag", ["studio_id"])
    op.create_index(op.f("ix_customer_tag_tag_id"), "customer_tag", ["tag_id"])


def _keep_notes() -> None:
    """What stood in the one note of a customer is the first of their talks."""
    customer = sa.table(
        "customer", sa.column("id", sa.Uuid()), sa.column("studio_id", sa.Uuid()), sa.column("note", sa.String()),
        sa.column("created_at", UtcDateTime()),
    )  # fmt: skip
    note = sa.table(
        "customer_note", sa.column("id", sa.Uuid()), sa.column("studio_id", sa.Uuid()),
        sa.column("created_at", UtcDateTime()), sa.column("customer_id", sa.Uuid()), sa.column("body", sa.String()),
    )  # fmt: skip
    bind = op.get_bind()
    for row in bind.execute(sa.select(customer).where(customer.c.note != "")).all():
        values = {"id": uuid.uuid4(), "studio_id": row.studio_id, "created_at": row.created_at}
        bind.execute(note.insert().values(**values, customer_id=row.id, body=row.note))


def _fill_phone_keys() -> None:
    customer = sa.table(
        "customer", sa.column("id", sa.Uuid()), sa.column("phone", sa.String()), sa.column("phone_key", sa.String())
    )
    bind = op.get_bind()
    for row in bind.execute(sa.select(customer.c.id, customer.c.phone).where(customer.c.phone.is_not(None))).all():
        digits = "".join(char for char in row.phone if char.isascii() and char.isdigit()).lstrip("0")
        key = digits[2:] if len(digits) == 13 and digits.startswith("861") else digits
        bind.execute(customer.update().where(customer.c.id == row.id).values(phone_key=key or None))


def _money() -> None:
    for name in ("charge", "payment"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.add_column(_words("note"))
            batch_op.create_unique_constraint(batch_op.f(f"uq_{name}_reverses_id"), ["reverses_id"])
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.add_column(_words("reference"))
        batch_op.add_column(sa.Column("paid_on", sa.Date(), nullable=True))
    op.execute(sa.text("UPDATE payment SET paid_on = date(created_at)"))
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.alter_column("paid_on", existing_type=sa.Date(), nullable=False)
        batch_op.create_index(batch_op.f("ix_payment_paid_on"), ["paid_on"])
    op.create_table(
        "receipt",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("voids_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        *_row(),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_receipt_payment_id_payment")),
        sa.ForeignKeyConstraint(["voids_id"], ["receipt.id"], name=op.f("fk_receipt_voids_id_receipt")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_receipt_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_receipt_payment_id")),
        sa.UniqueConstraint("voids_id", name=op.f("uq_receipt_voids_id")),
        sa.UniqueConstraint("studio_id", "number", name=op.f("uq_receipt_studio_id_number")),
    )
    for column in ("branch_id", "order_id", "studio_id"):
        op.create_index(op.f(f"ix_receipt_{column}"), "receipt", [column])


def upgrade() -> None:
    """Change the schema; data stays."""
    with op.batch_alter_table("studio", schema=None) as batch_op:
        for name in ("address", "phone", "tax_id"):
            batch_op.add_column(_words(name))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    _customers()
    _money()
