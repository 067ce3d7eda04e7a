"""Customers as other domains and pages get them."""

import uuid
from datetime import date, datetime

import msgspec


class NewCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """A household to write down."""

    branch_id: uuid.UUID
    name: str
    phone: str | None = None
    email: str | None = None
    locale: str | None = None
    people: tuple[str, ...] = ()


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """What a form says of a household, and the version it was read at."""

    name: str
    phone: str | None
    email: str | None
    locale: str | None
    version: int


class PersonForm(msgspec.Struct, frozen=True, kw_only=True):
    """What a form says of one of a household."""

    name: str
    relation: str = ""
    birthday: date | None = None


class TagView(msgspec.Struct, frozen=True):
    """A tag, and how many customers have it."""

    id: uuid.UUID
    name: str
    hue: int
    count: int = 0


class NoteView(msgspec.Struct, frozen=True):
    """What was talked about, when and with whom of the studio."""

    at: datetime
    author: str
    body: str


class CustomerRow(msgspec.Struct, frozen=True, kw_only=True):
    """A customer in a list."""

    id: uuid.UUID
    name: str
    phone: str | None
    people: list[str]
    tags: list[TagView]


class CustomerList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of customers; `next` is where the following one begins."""

    customers: list[CustomerRow]
    tags: list[TagView]
    next: str | None
