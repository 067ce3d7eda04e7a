"""What others may ask of identity."""

from app.identity import permissions
from app.identity.service.attempts import clear_attempts, count_attempt
from app.identity.service.sessions import (
    end_session,
    find_open_session,
    open_session,
    sign_out,
    staff_actor,
    sweep,
)
from app.identity.service.staff import (
    add_staff,
    assign,
    branches_of,
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
from app.identity.service.ways_in import look_at_sign_in_link, make_sign_in_link, sign_in, use_sign_in_link

__all__ = [
    "add_staff",
    "assign",
    "branches_of",
    "clear_attempts",
    "count_attempt",
    "create_studio",
    "disable_staff",
    "end_session",
    "find_open_session",
    "find_staff",
    "find_studio",
    "get_branch",
    "get_studio",
    "list_branches",
    "list_staff",
    "look_at_sign_in_link",
    "make_sign_in_link",
    "open_session",
    "permissions",
    "set_password",
    "set_roles",
    "sign_in",
    "sign_out",
    "staff_actor",
    "staff_names",
    "sweep",
    "unassign",
    "use_sign_in_link",
]
