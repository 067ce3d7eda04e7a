"""Customers: the only place that keeps personal data."""

from app.crm import permissions
from app.crm.service.households import (
    add_customer,
    add_person,
    change_customer,
    change_person,
    get_customer,
    name_of,
    names_of,
    people_of,
    person_names,
    remove_person,
)
from app.crm.service.records import (
    add_note,
    add_tag,
    customer_list,
    find_customers,
    list_tags,
    notes_of,
    remove_tag,
    same_phone,
    tags_of,
)

__all__ = [
    "add_customer",
    "add_note",
    "add_person",
    "add_tag",
    "change_customer",
    "change_person",
    "customer_list",
    "find_customers",
    "get_customer",
    "list_tags",
    "name_of",
    "names_of",
    "notes_of",
    "people_of",
    "permissions",
    "person_names",
    "remove_person",
    "remove_tag",
    "same_phone",
    "tags_of",
]
