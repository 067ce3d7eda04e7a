"""Customers as other domains and pages get them."""

import uuid

import msgspec


class NewCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """A household to write down."""

    branch_id: uuid.UUID
    name: str
    phone: str | None = None
    email: str | None = None
    people: tuple[str, ...] = ()
