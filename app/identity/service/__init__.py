"""What others may ask of identity."""

from app.core.passwords import hash_secret, secret_fits
from app.identity import permissions
from app.identity.service.attempts import count_attempt, count_pin_attempt, forget_attempts
from app.identity.service.sessions import (
    end_session,
    end_sessions_of_link,
    find_session,
    open_session,
    staff_actor,
)
from app.identity.service.sign_in import look_at_sign_in_link, make_sign_in_link, sign_in, use_sign_in_link
from app.identity.service.staff import (
    add_staff,
    assign,
    create_studio,
    disable_staff,
    find_staff,
    find_studio,
    get_branch,
    get_studio,
    list_branches,
    list_staff,
    set_password,
    set_roles,
    staff_names,
    unassign,
)

__all__ = [
    "add_staff",
    "assign",
    "count_attempt",
    "count_pin_attempt",
    "create_studio",
    "disable_staff",
    "end_session",
    "end_sessions_of_link",
    "find_session",
    "find_staff",
    "find_studio",
    "forget_attempts",
    "get_branch",
    "get_studio",
    "hash_secret",
    "list_branches",
    "list_staff",
    "look_at_sign_in_link",
    "make_sign_in_link",
    "open_session",
    "permissions",
    "secret_fits",
    "set_password",
    "set_roles",
    "sign_in",
    "staff_actor",
    "staff_names",
    "unassign",
    "use_sign_in_link",
]
