"""Ids that sort by the time they were made."""

import uuid

import uuid_utils.compat


def new_id() -> uuid.UUID:
    """Make an id (UUID version 7, RFC 9562)."""
    return uuid_utils.compat.uuid7()
